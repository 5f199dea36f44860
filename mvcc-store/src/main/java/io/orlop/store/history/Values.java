package io.orlop.store.history;

import io.orlop.store.api.KeyValue;
import io.orlop.store.log.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Values by location: from the log, with a cache that holds no more than its share of bytes.
///
/// The cache is two maps. New values and values asked for again go to the young one; when it holds half of the bytes
/// it becomes the old one, and what the old one had is forgotten. Nobody takes a lock.
public final class Values {
    /// What an entry costs beside its key and value.
    private static final int ENTRY_BYTES = 160;

    private record Generation(ConcurrentHashMap<Long, KeyValue> values, AtomicLong bytes) {
        Generation() {
            this(new ConcurrentHashMap<>(), new AtomicLong());
        }
    }

    private final Log log;
    private final long generationBytesMax;
    private volatile Generation young = new Generation();
    private volatile Generation old = new Generation();

    public Values(Log log, long cacheBytesMax) {
        this.log = log;
        this.generationBytesMax = cacheBytesMax / 2;
    }

    /// The value of a put; null if a compaction took it meanwhile.
    public @Nullable KeyValue of(KeyHistory history, Change change) {
        KeyValue value = at(change.location());
        if (value != null) return value;
        // Its segment was rewritten since the index was read: the index knows where it went.
        Change moved = history.same(change);
        return moved == null ? null : at(moved.location());
    }

    /// The value at a location; null if nothing is there any more.
    public @Nullable KeyValue at(long location) {
        KeyValue cached = cached(location);
        if (cached != null) return cached;
        try {
            KeyValue read = log.read(location);
            if (read != null) remember(location, read);
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public @Nullable KeyValue cached(long location) {
        KeyValue value = young.values.get(location);
        if (value != null) return value;
        value = old.values.get(location);
        if (value != null) remember(location, value);
        return value;
    }

    public void remember(long location, KeyValue value) {
        long cost = ENTRY_BYTES + value.key().length() + value.value().length();
        if (cost > generationBytesMax) return;
        Generation generation = young;
        if (generation.values.putIfAbsent(location, value) != null) return;
        if (generation.bytes.addAndGet(cost) > generationBytesMax && generation == young) {
            old = generation;
            young = new Generation();
        }
    }
}
