package io.orlop.control.spring;

import io.orlop.control.loop.LoopSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The pace of the reconcile loops.
///
/// @param period how often what is blocked is tried again
/// @param parallel how many ids of one loop are worked on at a time
/// @param patrolPerSecond how many ids of one loop are looked at in a second in order to find what was missed
@ConfigurationProperties("orlop.reconcile")
public record ReconcileProperties(
        @DefaultValue("10s") Duration period,
        @DefaultValue("8") int parallel,
        @DefaultValue("200") int patrolPerSecond) {
    public LoopSettings pace() {
        return LoopSettings.named("loop").every(period).parallel(parallel).patrolPerSecond(patrolPerSecond);
    }
}
