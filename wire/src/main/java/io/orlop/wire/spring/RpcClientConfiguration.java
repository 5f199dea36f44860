package io.orlop.wire.spring;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.orlop.wire.rpc.CallPolicy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;

/// Calls our other services over the channels `spring.grpc.client.channel.{name}.target`, guarded by the circuit
/// breakers, retries and bulkheads whose meters Actuator exports.
@Configuration(proxyBeanMethods = false)
public class RpcClientConfiguration {
    @Bean
    CallPolicy.Registries callPolicyRegistries(
            CircuitBreakerRegistry breakers, RetryRegistry retries, BulkheadRegistry bulkheads) {
        return new CallPolicy.Registries(breakers, retries, bulkheads);
    }

    @Bean
    RpcClients rpcClients(GrpcChannelFactory channels, CallPolicy.Registries registries) {
        return new RpcClients(channels, registries);
    }
}
