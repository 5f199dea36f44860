package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// How long the disk took to make groups of changes safe, in the classes of etcd's
/// `etcd_disk_wal_fsync_duration_seconds`: up to 1 ms, 2 ms, 4 ms and so on to 8.192 s, and longer.
public final class ForceTimes {
    private static final int CLASSES = 14;
    private static final long FIRST_NANOS = 1_000_000;

    /// Longer than this, and somebody should know.
    private static final long SLOW_NANOS = 1_000_000_000;

    /// After a force that took so long, nobody takes it for granted for a while that the next one will be quick.
    private static final long HESITATION_NANOS = 10_000_000;

    private static final long DOUBT_NANOS = 1_000_000_000;

    private final LongSupplier clock;
    private final LongConsumer slow;
    private final AtomicLongArray counts = new AtomicLongArray(CLASSES + 1);
    private final LongAdder totalNanos = new LongAdder();
    private volatile long trustedAt;

    /// @param clock in nanoseconds
    /// @param slow is told the nanoseconds of a force that took more than a second; must not block
    public ForceTimes(LongSupplier clock, LongConsumer slow) {
        this.clock = clock;
        this.slow = slow;
        this.trustedAt = clock.getAsLong();
    }

    void force(DiskFile file) throws IOException {
        long start = clock.getAsLong();
        file.force();
        long nanos = clock.getAsLong() - start;
        add(nanos);
        if (nanos > HESITATION_NANOS) trustedAt = start + nanos + DOUBT_NANOS;
        if (nanos > SLOW_NANOS) slow.accept(nanos);
    }

    /// Whether the disk took longer than usual a moment ago.
    boolean hesitates() {
        return clock.getAsLong() - trustedAt < 0;
    }

    private void add(long nanos) {
        int kind = 0;
        while (kind < CLASSES && nanos > FIRST_NANOS << kind) kind++;
        counts.incrementAndGet(kind);
        totalNanos.add(nanos);
    }

    /// How many classes have an upper bound; one more, the last, has none.
    public int bounded() {
        return CLASSES;
    }

    /// The longest time of a class.
    public double boundSeconds(int kind) {
        return (FIRST_NANOS << kind) / 1e9;
    }

    /// How many took longer than the class before and no longer than this one's bound.
    public long count(int kind) {
        return counts.get(kind);
    }

    public long count() {
        long count = 0;
        for (int i = 0; i <= CLASSES; i++) count += counts.get(i);
        return count;
    }

    public double totalSeconds() {
        return totalNanos.sum() / 1e9;
    }
}
