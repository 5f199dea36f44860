package io.orlop.control.spring;

import io.orlop.control.owner.Owner;
import io.orlop.wire.spring.DirectServerConfiguration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// What the application of an owner imports, which has its [Owner] as a bean: what the owner needs, and what Actuator
/// says of it.
@Configuration(proxyBeanMethods = false)
@Import({ControlConfiguration.class, DirectServerConfiguration.class})
public class OwnerConfiguration {
    @Bean
    OwnerHealth ownerHealthIndicator(Owner owner) {
        return new OwnerHealth(owner);
    }

    @Bean
    ReconcileEndpoint reconcileEndpoint(Owner owner) {
        return new ReconcileEndpoint(List.of(owner));
    }
}
