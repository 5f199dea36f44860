package io.orlop.wire.rpc;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// A clock that whoever sleeps moves on.
final class HastyAmbient implements Ambient {
    final List<Duration> slept = new ArrayList<>();
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
        slept.add(time);
        nanos += time.toNanos();
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
        return Ambient.system().random();
    }
}
