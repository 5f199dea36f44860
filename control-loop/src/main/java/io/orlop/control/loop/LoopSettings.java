package io.orlop.control.loop;

import java.time.Duration;

/// @param name of the loop, in threads, meters and logs
/// @param parallel how many ids are worked on at a time
/// @param period how often what is blocked is tried again, and how often everything is looked at, woken or not, at most
/// @param patrolPerSecond how many ids are looked at in a second in order to find what was missed, and how many of what
///     is blocked are tried again in one
public record LoopSettings(String name, int parallel, Duration period, int patrolPerSecond, BackOff backOff) {
    public LoopSettings {
        if (parallel < 1) throw new IllegalArgumentException(name + " cannot work on " + parallel + " ids at a time");
        if (patrolPerSecond < 1) {
            throw new IllegalArgumentException(name + " cannot look at " + patrolPerSecond + " ids a second");
        }
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException(name + " cannot look again every " + period);
        }
    }

    /// Eight at a time, every ten seconds, two hundred looks a second, failures tried again after 0.2 s to 30 s.
    public static LoopSettings named(String name) {
        return new LoopSettings(
                name, 8, Duration.ofSeconds(10), 200, new BackOff(Duration.ofMillis(200), Duration.ofSeconds(30)));
    }

    /// The same pace for another loop.
    public LoopSettings as(String name) {
        return new LoopSettings(name, parallel, period, patrolPerSecond, backOff);
    }

    public LoopSettings every(Duration period) {
        return new LoopSettings(name, parallel, period, patrolPerSecond, backOff);
    }

    public LoopSettings parallel(int parallel) {
        return new LoopSettings(name, parallel, period, patrolPerSecond, backOff);
    }

    public LoopSettings patrolPerSecond(int patrolPerSecond) {
        return new LoopSettings(name, parallel, period, patrolPerSecond, backOff);
    }

    public LoopSettings backOff(BackOff backOff) {
        return new LoopSettings(name, parallel, period, patrolPerSecond, backOff);
    }
}
