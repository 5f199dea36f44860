package io.orlop.store.engine;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyValue;
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
        takes(ROW_BYTES + row.key().length() + row.value().length());
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
