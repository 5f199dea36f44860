package io.orlop.scheduler;

import io.orlop.control.loop.LoopSettings;
import io.orlop.model.Commitment;

/// @param pace of the reconcile loops
public record SchedulerSettings(Commitment commitment, LoopSettings pace) {
    public static final SchedulerSettings DEFAULT =
            new SchedulerSettings(Commitment.DEFAULT, LoopSettings.named("pools"));
}
