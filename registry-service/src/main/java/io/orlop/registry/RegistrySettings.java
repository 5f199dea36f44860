package io.orlop.registry;

import java.time.Duration;

/// @param period how often a node is asked that cannot say whether something has changed, or does not answer
/// @param deadline how long a node may be silent; agents register every 5 s, so that one may get lost
public record RegistrySettings(Duration period, Duration deadline) {
    public static final RegistrySettings DEFAULT = new RegistrySettings(Duration.ofSeconds(2), Duration.ofSeconds(10));

    public RegistrySettings {
        if (!period.isPositive() || !deadline.isPositive()) {
            throw new IllegalArgumentException(
                    "nodes cannot be asked every %s and given %s to answer".formatted(period, deadline));
        }
    }
}
