package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// Time that passes when a test says so, and chance from a seed.
final class StillAmbient implements Ambient {
    private static final long TICK_NANOS = 100_000_000;

    private final Random random;
    private long nanos = 1_000_000_000L;

    StillAmbient(long seed) {
        random = new Random(seed);
    }

    /// At once, as if the process was stopped meanwhile.
    void pass(Duration time) {
        nanos += time.toNanos();
    }

    /// While the store does what it does.
    void pass(Duration time, MvccStore store) {
        for (long left = time.toNanos(); left > 0; left -= TICK_NANOS) {
            nanos += Math.min(left, TICK_NANOS);
            store.turn();
        }
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration time) {
        pass(time);
    }

    @Override
    public Signal signal() {
        return Ambient.system().signal();
    }

    @Override
    public ThreadFactory threads() {
        return Ambient.system().threads();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }
}
