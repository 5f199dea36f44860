package io.orlop.nexus;

import io.orlop.control.loop.LoopSettings;
import java.time.Duration;

/// @param pace of the loops
/// @param strayAfter how long a nexus that nobody promised is left alone
/// @param needlessAfter how long what a nexus wrote is kept that nobody seems to need: longer than it takes until a new
///     nexus is seen
public record NexusSettings(LoopSettings pace, Duration strayAfter, Duration needlessAfter) {
    public static NexusSettings of(LoopSettings pace) {
        return new NexusSettings(pace, pace.period(), pace.period().multipliedBy(3));
    }
}
