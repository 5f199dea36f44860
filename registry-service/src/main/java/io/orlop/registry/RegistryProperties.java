package io.orlop.registry;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param period how often a node is asked that cannot say whether something has changed, or does not answer
/// @param deadline how long a node may be silent
@ConfigurationProperties("orlop.registry")
record RegistryProperties(@DefaultValue("2s") Duration period, @DefaultValue("10s") Duration deadline) {
    RegistrySettings settings() {
        return new RegistrySettings(period, deadline);
    }
}
