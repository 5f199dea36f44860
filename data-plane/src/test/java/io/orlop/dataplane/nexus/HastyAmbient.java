package io.orlop.dataplane.nexus;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// The machine's surroundings, in which no time is lost sleeping: the clock goes on by as much.
final class HastyAmbient implements Ambient {
    private final Ambient system = Ambient.system();
    private final AtomicLong slept = new AtomicLong();

    @Override
    public Instant now() {
        return system.now();
    }

    @Override
    public long nanos() {
        return system.nanos() + slept.get();
    }

    @Override
    public void sleep(Duration time) {
        slept.addAndGet(time.toNanos());
    }

    @Override
    public Signal signal() {
        return system.signal();
    }

    @Override
    public ThreadFactory threads() {
        return system.threads();
    }

    @Override
    public RandomGenerator random() {
        return system.random();
    }
}
