package io.orlop.store.history;

import io.orlop.store.api.KeyValue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Values that were asked for lately, by location, in no more than so many bytes of memory.
///
/// The cache is two maps. New values, and values of the old map that are asked for again, go to the young one; when it
/// holds half of the bytes it becomes the old one, and what the old one had is forgotten. So what is in use stays, as
/// long as somebody asks for it once while half a cache of new values comes by.
/// ```
///   read, while there is room, or read twice ──► young ──(full)──► old ──(full again)──► forgotten
///                                                  ▲                │
///                                                  └── asked for ───┘
/// ```
/// A value that is read from the disk must be asked for twice before it gets in, with no more than about a generation
/// of others between. That is what keeps those who read everything once from driving out what is in use. See [Asked].
///
/// Nobody waits to read.
final class ValueCache {
    /// What an entry costs beside the bytes of its key and value: some places in the map, the record, two wrappers and
    /// two arrays' heads.
    static final int ENTRY_BYTES = 176;

    private static final class Generation {
        final LocationMap values = new LocationMap();
        final AtomicLong bytes = new AtomicLong();
    }

    private final long generationBytesMax;
    private volatile Generation young = new Generation();
    private volatile Generation old = new Generation();
    private final Asked asked;

    ValueCache(long bytesMax) {
        this.generationBytesMax = bytesMax / 2;
        this.asked = new Asked(generationBytesMax / ENTRY_BYTES);
    }

    @Nullable
    KeyValue get(long location) {
        KeyValue value = young.values.get(location);
        if (value != null) return value;
        value = old.values.get(location);
        if (value != null) put(location, value);
        return value;
    }

    /// Like [#get] for somebody who passes by: it is no reason to keep a value longer.
    @Nullable
    KeyValue peek(long location) {
        KeyValue value = young.values.get(location);
        return value != null ? value : old.values.get(location);
    }

    /// A value that was read from the disk. As long as there is room that never had anything, all are welcome.
    void offer(long location, KeyValue value) {
        if (old.bytes.get() == 0 || asked.before(location)) put(location, value);
    }

    void put(long location, KeyValue value) {
        long cost = costOf(value);
        if (cost > generationBytesMax) return;
        Generation generation = young;
        if (!generation.values.putIfAbsent(location, value)) return;
        if (generation.bytes.addAndGet(cost) > generationBytesMax && generation == young) {
            old = generation;
            young = new Generation();
        }
    }

    private static long costOf(KeyValue value) {
        return ENTRY_BYTES + value.key().length() + value.value().length();
    }

    /// The value has another location from now on.
    void move(long from, long to) {
        KeyValue value = take(young, from);
        if (value == null) value = take(old, from);
        if (value != null) put(to, value);
    }

    private static @Nullable KeyValue take(Generation generation, long location) {
        KeyValue value = generation.values.remove(location);
        if (value != null) generation.bytes.addAndGet(-costOf(value));
        return value;
    }

    /// What it holds now, as it counts it.
    long bytes() {
        return young.bytes.get() + old.bytes.get();
    }
}
