package io.orlop.dataplane.nexus;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// The machine's surroundings, in which no time is lost sleeping.
final class HastyAmbient implements Ambient {
    private final Ambient system = Ambient.system();

    @Override
    public Instant now() {
        return system.now();
    }

    @Override
    public long nanos() {
        return system.nanos();
    }

    @Override
    public void sleep(Duration time) {}

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
