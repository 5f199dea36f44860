package io.orlop.control.spring;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.etcd.EtcdKeyspace;
import io.orlop.control.keyspace.etcd.StorePolicies;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.model.ambient.Ambient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What [OwnerConfiguration] imports. A launcher that has a keyspace or an ambient of its own puts it in.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({StoreProperties.class, ReconcileProperties.class})
public class ControlConfiguration {
    @Bean
    @ConditionalOnMissingBean
    Ambient ambient() {
        return Ambient.system();
    }

    @Bean
    @ConditionalOnMissingBean
    Layout layout(StoreProperties store) {
        return store.layout();
    }

    /// The registries whose meters Actuator exports, where Resilience4j's own configuration provides them.
    @Bean
    @ConditionalOnMissingBean
    StorePolicies storePolicies(
            ObjectProvider<CircuitBreakerRegistry> breakers,
            ObjectProvider<RetryRegistry> retries,
            ObjectProvider<TimeLimiterRegistry> limiters) {
        return new StorePolicies(
                breakers.getIfAvailable(CircuitBreakerRegistry::ofDefaults),
                retries.getIfAvailable(RetryRegistry::ofDefaults),
                limiters.getIfAvailable(TimeLimiterRegistry::ofDefaults));
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Keyspace keyspace(Ambient ambient, StoreProperties store, StorePolicies policies) {
        return EtcdKeyspace.connect(ambient, store.etcd(), policies);
    }

    /// Not started: the service's composition root first says what it does while it leads. `orlop.address` is where
    /// other processes reach this one.
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Leadership leadership(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            StoreProperties store,
            @Value("${spring.application.name}") String service,
            @Value("${orlop.address:127.0.0.1:${spring.grpc.server.port:9090}}") String address) {
        return new Leadership(ambient, keyspace, layout.leader(service), address, store.leaseTtl());
    }

    @Bean
    @ConditionalOnMissingBean
    LoopObserver loopObserver(ObjectProvider<MeterRegistry> meters) {
        MeterRegistry registry = meters.getIfAvailable();
        return registry == null ? new LoggedLoops() : new MeteredLoops(registry, new LoggedLoops());
    }

    @Bean
    StoreHealth storeHealthIndicator(Keyspace keyspace, Leadership leadership) {
        return new StoreHealth(keyspace, leadership);
    }
}
