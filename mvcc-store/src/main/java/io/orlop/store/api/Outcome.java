package io.orlop.store.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of an operation.
public sealed interface Outcome {
    /// The store's revision when the operation was answered.
    long revision();

    /// @param more whether the limit cut something off
    /// @param count all keys in the range at that moment, whatever limit and bounds say
    record Ranged(long revision, List<KeyValue> kvs, boolean more, long count) implements Outcome {}

    record Put(long revision, @Nullable KeyValue previous) implements Outcome {}

    record Deleted(long revision, long count, List<KeyValue> previous) implements Outcome {}

    record Txn(long revision, boolean succeeded, List<Outcome> outcomes) implements Outcome {}
}
