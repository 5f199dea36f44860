package io.orlop.gateway;

import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import io.orlop.wire.spring.RpcClientConfiguration;
import io.orlop.wire.spring.RpcClients;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The four services that REST speaks for; a process that holds them already hands them in as beans.
@Configuration(proxyBeanMethods = false)
@Import(RpcClientConfiguration.class)
class ServiceClients {
    @Bean
    @ConditionalOnMissingBean
    Registry registry(RpcClients clients) {
        return clients.client(Registry.class, "registry");
    }

    @Bean
    @ConditionalOnMissingBean
    Pools pools(RpcClients clients) {
        return clients.client(Pools.class, "pools");
    }

    @Bean
    @ConditionalOnMissingBean
    Nexuses nexuses(RpcClients clients) {
        return clients.client(Nexuses.class, "nexuses");
    }

    @Bean
    @ConditionalOnMissingBean
    Volumes volumes(RpcClients clients) {
        return clients.client(Volumes.class, "volumes");
    }
}
