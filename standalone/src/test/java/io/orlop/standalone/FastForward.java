package io.orlop.standalone;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// Time that passes by waiting alone.
final class FastForward implements Ambient {
    private long nanos;

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
        nanos += time.toNanos();
    }

    @Override
    public Signal signal() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ThreadFactory threads() {
        throw new UnsupportedOperationException();
    }

    @Override
    public RandomGenerator random() {
        return new Random(1);
    }
}
