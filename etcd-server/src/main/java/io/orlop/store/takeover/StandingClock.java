package io.orlop.store.takeover;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// A world in which no time passes, so that no lease ends: that would be a change that etcd did not make, between those
/// that it made.
record StandingClock(Ambient world, Instant now) implements Ambient {
    static StandingClock of(Ambient world) {
        return new StandingClock(world, world.now());
    }

    @Override
    public long nanos() {
        return 0;
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        world.sleep(time);
    }

    @Override
    public Signal signal() {
        return world.signal();
    }

    @Override
    public ThreadFactory threads() {
        return world.threads();
    }

    @Override
    public RandomGenerator random() {
        return world.random();
    }
}
