package io.orlop.scheduler;

import io.orlop.scheduler.placement.Commitment;
import java.time.Duration;

/// @param period how often everything that looks amiss is looked at, woken or not
public record SchedulerSettings(Commitment commitment, Duration period) {
    public static final SchedulerSettings DEFAULT = new SchedulerSettings(Commitment.DEFAULT, Duration.ofSeconds(10));
}
