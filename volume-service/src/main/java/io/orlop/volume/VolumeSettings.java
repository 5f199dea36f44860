package io.orlop.volume;

import java.time.Duration;

/// @param period how often everything that looks amiss is looked at, woken or not
/// @param faultedChildWait how long a copy may be lost before another is made in its place
/// @param creations how many volumes may be created at a time
/// @param creationWait how long one more waits for its turn
public record VolumeSettings(Duration period, Duration faultedChildWait, int creations, Duration creationWait) {
    public static final VolumeSettings DEFAULT =
            new VolumeSettings(Duration.ofSeconds(10), Duration.ofMinutes(10), 10, Duration.ofSeconds(10));

    public VolumeSettings withPeriod(Duration period) {
        return new VolumeSettings(period, faultedChildWait, creations, creationWait);
    }

    public VolumeSettings withFaultedChildWait(Duration faultedChildWait) {
        return new VolumeSettings(period, faultedChildWait, creations, creationWait);
    }
}
