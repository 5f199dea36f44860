package io.orlop.wire.spring;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.grpc.NameResolverProvider;
import io.orlop.wire.rpc.CallPolicy;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.client.GrpcChannelFactory;

/// Calls our other services over the channels `spring.grpc.client.channel.{name}.target`, guarded by the circuit
/// breakers, retries and bulkheads whose meters Actuator exports. Where Spring Cloud's discovery is on, a target may be
/// `discovery:///{service}`.
@Configuration(proxyBeanMethods = false)
@Import(RpcClientConfiguration.Discovery.class)
public class RpcClientConfiguration {
    @Bean
    CallPolicy.Registries callPolicyRegistries(
            CircuitBreakerRegistry breakers, RetryRegistry retries, BulkheadRegistry bulkheads) {
        return new CallPolicy.Registries(breakers, retries, bulkheads);
    }

    @Bean
    RpcClients rpcClients(
            GrpcChannelFactory channels, CallPolicy.Registries registries, ObjectProvider<NameResolverProvider> names) {
        // A channel looks for who resolves its name when it is made.
        names.forEach(NameResolverProvider::getDefaultScheme);
        return new RpcClients(channels, registries);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DiscoveryClient.class)
    @ConditionalOnProperty("spring.cloud.discovery.enabled")
    static class Discovery {
        @Bean
        NameResolverProvider discoveredNames(DiscoveryClient discovery) {
            return DiscoveredNames.register(discovery);
        }
    }
}
