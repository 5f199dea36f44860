package io.orlop.volume;

import io.orlop.control.loop.LoopSettings;
import java.time.Duration;

/// @param pace of the loop
/// @param faultedChildWait how long a copy may be lost before another is made in its place
/// @param creations how many volumes may be created at a time
/// @param creationWait how long one more waits for its turn
public record VolumeSettings(LoopSettings pace, Duration faultedChildWait, int creations, Duration creationWait) {
    public static final VolumeSettings DEFAULT =
            new VolumeSettings(LoopSettings.named("volumes"), Duration.ofMinutes(10), 10, Duration.ofSeconds(10));

    public VolumeSettings withPace(LoopSettings pace) {
        return new VolumeSettings(pace, faultedChildWait, creations, creationWait);
    }

    public VolumeSettings withFaultedChildWait(Duration faultedChildWait) {
        return new VolumeSettings(pace, faultedChildWait, creations, creationWait);
    }
}
