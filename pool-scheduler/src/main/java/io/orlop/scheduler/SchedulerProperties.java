package io.orlop.scheduler;

import io.orlop.control.loop.LoopSettings;
import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// @param poolCommitment how many percent of a pool's capacity may be promised to thin replicas
/// @param volumeCommitment how many percent of a thin replica's size must be free when it is made
/// @param thinSlack what a pool must have free before a thin replica is put into it
/// @param period how often what is blocked is tried again; if not given, as all services do
@ConfigurationProperties("orlop.pools")
record SchedulerProperties(
        @DefaultValue("250") int poolCommitment,
        @DefaultValue("40") int volumeCommitment,
        @DefaultValue("16MB") DataSize thinSlack,
        @Nullable Duration period) {
    SchedulerSettings settings(LoopSettings pace) {
        return new SchedulerSettings(
                new Commitment(poolCommitment, volumeCommitment, Bytes.of(thinSlack.toBytes())),
                period == null ? pace : pace.every(period));
    }
}
