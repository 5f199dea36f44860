package io.orlop.store.engine;

import io.orlop.store.history.KeyIndex;
import io.orlop.store.lease.Leases;
import io.orlop.store.log.Log;
import io.orlop.store.measure.Tally;
import io.orlop.store.watch.WatchHub;
import java.util.function.LongSupplier;

/// How much of the heap is taken by what stays: keys, leases, watches and users. A key that is there counts with what
/// its deletion will take until it is compacted, so that all of them can be deleted before the next compaction.
/// ```
///   its share   │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│              │
///            keys, footers, leases, watches, users ▲ 70 %: puts are refused, until it is a twentieth less
/// ```
/// Any thread may ask.
final class Memory {
    static final double FILLED = 0.7;

    /// Of the share, watches take no more than this, so that nobody who only listens shuts out those who put.
    private static final int WATCHES_PART = 4;

    /// A history that is longer by a tombstone.
    private static final long DELETION_BYTES = 96;

    private static final long DELETABLE_MIN = 1_000;

    private final KeyIndex index;
    private final Log log;
    private final Leases leases;
    private final WatchHub hub;
    private final LongSupplier authBytes;
    private final Tally tally;
    private final long keysAtFirst;
    private final long most;

    /// @param authBytes what users, roles and permissions take
    /// @param keysAtFirst how many were there before the tally began
    Memory(
            KeyIndex index,
            Log log,
            Leases leases,
            WatchHub hub,
            LongSupplier authBytes,
            Tally tally,
            long keysAtFirst,
            long most) {
        this.authBytes = authBytes;
        this.index = index;
        this.log = log;
        this.leases = leases;
        this.hub = hub;
        this.tally = tally;
        this.keysAtFirst = keysAtFirst;
        this.most = most;
    }

    long keys() {
        return keysAtFirst + tally.of(Tally.Count.KEYS);
    }

    /// What watches alone may take.
    long watchesMax() {
        return most / WATCHES_PART;
    }

    /// How many keys there is memory to delete at once: all of them, unless the heap was larger when they were put.
    /// That their frame is not too long is another matter (see [Deletions]).
    long deletable() {
        long most = (this.most - held()) / DELETION_BYTES;
        return most > keys() ? Long.MAX_VALUE : Math.max(DELETABLE_MIN, most);
    }

    long taken() {
        return held() + DELETION_BYTES * keys();
    }

    long held() {
        return index.bytes() + log.segments().placesBytes() + leases.bytes() + hub.bytes() + authBytes.getAsLong();
    }

    /// What may be taken before puts are refused.
    long limit() {
        return (long) (most * FILLED);
    }

    @Override
    public String toString() {
        return "keys, leases and watches take about " + (taken() >> 20) + " MiB of memory, where " + (limit() >> 20)
                + " MiB are for them";
    }

    /// @param was whether there was no room until now: then there has to be some before that changes
    boolean hasRoom(boolean was) {
        long limit = limit();
        return taken() < (was ? limit - limit / 20 : limit);
    }
}
