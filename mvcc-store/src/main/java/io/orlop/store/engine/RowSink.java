package io.orlop.store.engine;

import io.orlop.store.api.KeyValue;
import io.orlop.store.log.StoredPut;

/// Takes the rows of a range one by one as they are read, so that not all of them need be in memory.
public interface RowSink {
    /// The read begins. If a compaction overtakes it, it begins again, and what came before does not count.
    void begin();

    void row(KeyValue row);

    /// A row as the log has it; the next one will be in its place.
    default void row(StoredPut row) {
        row(row.kv());
    }

    /// To find rows in another order takes so much memory beside them.
    ///
    /// @throws io.orlop.store.api.DeniedException if there is not so much
    default void takes(long bytes) {}

    /// Whether rows are kept as objects: then one that the cache has is better than a new one.
    default boolean keeps() {
        return false;
    }
}
