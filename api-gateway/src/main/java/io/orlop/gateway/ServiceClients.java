package io.orlop.gateway;

import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import io.orlop.wire.spring.RpcClientConfiguration;
import io.orlop.wire.spring.RpcClients;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The four services that REST speaks for.
@Configuration(proxyBeanMethods = false)
@Import(RpcClientConfiguration.class)
class ServiceClients {
    @Bean
    Registry registry(RpcClients clients) {
        return clients.client(Registry.class, "registry");
    }

    @Bean
    Pools pools(RpcClients clients) {
        return clients.client(Pools.class, "pools");
    }

    @Bean
    Nexuses nexuses(RpcClients clients) {
        return clients.client(Nexuses.class, "nexuses");
    }

    @Bean
    Volumes volumes(RpcClients clients) {
        return clients.client(Volumes.class, "volumes");
    }
}
