package io.orlop.store.engine;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Outcome;
import io.orlop.store.log.StoredPut;
import java.util.ArrayList;
import java.util.List;

/// The rows of a few ranges that are answered together, of which there may be so many bytes.
final class Collected implements RowSink {
    /// What a row takes beside its key and its value.
    private static final long ROW_BYTES = 120;

    private final long bytesMax;
    private final boolean keeps;
    private List<KeyValue> kvs = new ArrayList<>();
    private long bytes;

    private Collected(long bytesMax, boolean keeps) {
        this.bytesMax = bytesMax;
        this.keeps = keeps;
    }

    static Collected all() {
        return new Collected(Long.MAX_VALUE, true);
    }

    static Collected upTo(long bytesMax) {
        return new Collected(bytesMax, true);
    }

    /// Only sees whether they are too many.
    static Collected weighed(long bytesMax) {
        return new Collected(bytesMax, false);
    }

    /// What the rows of an answer take.
    static long bytesOf(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Ranged ranged -> bytesOf(ranged.kvs());
            case Outcome.Put put -> put.previous() == null ? 0 : bytesOf(put.previous());
            case Outcome.Deleted deleted -> bytesOf(deleted.previous());
            case Outcome.Txn txn -> {
                long bytes = 0;
                for (Outcome part : txn.outcomes()) bytes += bytesOf(part);
                yield bytes;
            }
        };
    }

    private static long bytesOf(List<KeyValue> rows) {
        long bytes = 0;
        for (KeyValue row : rows) bytes += bytesOf(row);
        return bytes;
    }

    private static long bytesOf(KeyValue row) {
        return ROW_BYTES + row.key().length() + row.value().length();
    }

    /// Those since the last time this was asked.
    List<KeyValue> take() {
        List<KeyValue> taken = kvs;
        kvs = new ArrayList<>();
        return taken;
    }

    @Override
    public void begin() {
        kvs.clear();
        bytes = 0;
    }

    @Override
    public void row(KeyValue row) {
        if (bytesMax < Long.MAX_VALUE) takes(bytesOf(row));
        if (keeps) kvs.add(row);
    }

    @Override
    public void row(StoredPut row) {
        if (keeps) row(row.kv());
        else takes(ROW_BYTES + row.keyLength() + row.valueLength());
    }

    @Override
    public void takes(long more) {
        bytes += more;
        if (bytes > bytesMax) throw new DeniedException(Denial.TOO_MANY_REQUESTS);
    }

    @Override
    public boolean keeps() {
        return keeps;
    }
}
