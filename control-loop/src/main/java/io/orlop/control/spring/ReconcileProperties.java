package io.orlop.control.spring;

import io.orlop.control.loop.LoopSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The pace of the reconcile loops.
///
/// @param period how often everything dirty is looked at, woken or not
/// @param parallel how many ids of one loop are worked on at a time
@ConfigurationProperties("orlop.reconcile")
public record ReconcileProperties(@DefaultValue("10s") Duration period, @DefaultValue("8") int parallel) {

    public LoopSettings loop(String name) {
        return LoopSettings.named(name).every(period).parallel(parallel);
    }
}
