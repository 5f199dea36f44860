package io.orlop.store.web;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// How long something took, each time: a count for each power of two of milliseconds, as etcd counts its syncs.
public final class Durations {
    static final double[] BOUNDS_SECONDS = new double[14];

    static {
        for (int i = 0; i < BOUNDS_SECONDS.length; i++) BOUNDS_SECONDS[i] = 0.001 * (1 << i);
    }

    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS_SECONDS.length + 1);
    private final LongAdder nanos = new LongAdder();

    public void add(long tookNanos) {
        int bucket = 0;
        while (bucket < BOUNDS_SECONDS.length && tookNanos > BOUNDS_SECONDS[bucket] * 1e9) bucket++;
        counts.incrementAndGet(bucket);
        nanos.add(tookNanos);
    }

    /// How many took at most each bound; the last is all.
    long[] cumulative() {
        long[] cumulative = new long[counts.length()];
        long sum = 0;
        for (int i = 0; i < cumulative.length; i++) cumulative[i] = sum += counts.get(i);
        return cumulative;
    }

    double sumSeconds() {
        return nanos.sum() / 1e9;
    }
}
