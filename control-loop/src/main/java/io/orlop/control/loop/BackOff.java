package io.orlop.control.loop;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait after the n-th failure in a row: twice as long each time up to a limit, and between half and all of
/// that, so that those who failed together do not come back together.
public record BackOff(Duration first, Duration limit) {
    public BackOff {
        if (first.isNegative() || first.isZero() || limit.compareTo(first) < 0) {
            throw new IllegalArgumentException("a back-off from " + first + " to " + limit + " makes no sense");
        }
    }

    /// @param failures in a row, the latest included
    public Duration after(int failures, RandomGenerator random) {
        int doublings = Math.clamp(failures - 1, 0, 30);
        long full = Math.min(first.toMillis() << doublings, limit.toMillis());
        if (full <= 0) full = limit.toMillis();
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }
}
