package io.orlop.dataplane.nexus;

import io.orlop.model.ambient.Ambient;
import java.time.Duration;

/// For how long something is tried, by the clock, whatever the single tries take.
record Patience(Ambient ambient, long untilNanos) {
    /// As long as a host can be kept waiting.
    static final Duration OF_HOSTS = Duration.ofSeconds(30);

    static Patience ofHosts(Ambient ambient) {
        return new Patience(ambient, ambient.nanos() + OF_HOSTS.toNanos());
    }

    boolean over() {
        return untilNanos - ambient.nanos() <= 0;
    }

    /// What is left of it, and no more than this.
    Duration left(Duration atMost) {
        Duration left = Duration.ofNanos(Math.max(1, untilNanos - ambient.nanos()));
        return left.compareTo(atMost) < 0 ? left : atMost;
    }
}
