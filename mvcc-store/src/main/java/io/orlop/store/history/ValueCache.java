package io.orlop.store.history;

import io.orlop.store.api.KeyValue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// Values that were written or asked for lately, by location, in no more than so many bytes of memory.
///
/// The cache is two maps. New values, and values of the old map that are asked for again, go to the young one; when it
/// holds half of the bytes it becomes the old one, and what the old one had is forgotten. So what is in use stays, as
/// long as somebody asks for it once while half a cache of new values comes by.
/// ```
///   written, or read twice ──► young ──(full)──► old ──(full again)──► forgotten
///                                ▲                │
///                                └── asked for ───┘
/// ```
/// A value that is read from the disk must be asked for twice in a generation before it gets in. That is what keeps
/// those who read everything once, however much it is, from driving out what is in use. Whether it was asked for is
/// remembered in one bit, by its location's hash: two may share a bit, and then one gets in early.
///
/// Nobody takes a lock.
final class ValueCache {
    /// What an entry costs beside the bytes of its key and value: the map's node and its place in the table, the boxed
    /// location, the record, two wrappers and two arrays' heads.
    static final int ENTRY_BYTES = 192;

    private static final int ASKED_BITS_LOG = 20;

    private static final class Generation {
        final ConcurrentHashMap<Long, KeyValue> values = new ConcurrentHashMap<>();
        final AtomicLong bytes = new AtomicLong();
        final AtomicLongArray asked = new AtomicLongArray(1 << ASKED_BITS_LOG - 6);
    }

    private final long generationBytesMax;
    private volatile Generation young = new Generation();
    private volatile Generation old = new Generation();

    ValueCache(long bytesMax) {
        this.generationBytesMax = bytesMax / 2;
    }

    @Nullable
    KeyValue get(long location) {
        KeyValue value = young.values.get(location);
        if (value != null) return value;
        value = old.values.get(location);
        if (value != null) put(location, value);
        return value;
    }

    /// A value that was read from the disk.
    void offer(long location, KeyValue value) {
        if (wasAsked(young, location)) put(location, value);
    }

    /// Marks it as asked for.
    private static boolean wasAsked(Generation generation, long location) {
        int hash = (int) (location * 0x9E37_79B9_7F4A_7C15L >>> 64 - ASKED_BITS_LOG);
        long bit = 1L << (hash & 63);
        return (generation.asked.getAndAccumulate(hash >>> 6, bit, (before, more) -> before | more) & bit) != 0;
    }

    void put(long location, KeyValue value) {
        long cost = costOf(value);
        if (cost > generationBytesMax) return;
        Generation generation = young;
        if (generation.values.putIfAbsent(location, value) != null) return;
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
