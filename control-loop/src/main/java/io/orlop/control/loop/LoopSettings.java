package io.orlop.control.loop;

import java.time.Duration;

/// @param name of the loop, in threads, meters and logs
/// @param parallel how many ids are worked on at a time
/// @param period how often everything dirty is looked at, woken or not
public record LoopSettings(String name, int parallel, Duration period, BackOff backOff) {
    public LoopSettings {
        if (parallel < 1) throw new IllegalArgumentException(name + " cannot work on " + parallel + " ids at a time");
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException(name + " cannot look again every " + period);
        }
    }

    /// Eight at a time, every ten seconds, failures tried again after 0.2 s to 30 s.
    public static LoopSettings named(String name) {
        return new LoopSettings(
                name, 8, Duration.ofSeconds(10), new BackOff(Duration.ofMillis(200), Duration.ofSeconds(30)));
    }

    public LoopSettings every(Duration period) {
        return new LoopSettings(name, parallel, period, backOff);
    }

    public LoopSettings parallel(int parallel) {
        return new LoopSettings(name, parallel, period, backOff);
    }

    public LoopSettings backOff(BackOff backOff) {
        return new LoopSettings(name, parallel, period, backOff);
    }
}
