package io.orlop.registry;

import io.grpc.BindableService;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.owner.Owner;
import io.orlop.control.spring.OwnerConfiguration;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.GuardedAgents;
import io.orlop.wire.ioengine.GrpcAgents;
import io.orlop.wire.ioengine.RegistrationService;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.KeepAlive;
import io.orlop.wire.rpc.RpcServer;
import io.orlop.wire.service.Registry;
import io.orlop.wire.spring.ApplicationLife;
import io.orlop.wire.spring.RpcClientConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;

/// The registry as a process; its configuration is `registry-service.yml`.
@SpringBootApplication(proxyBeanMethods = false)
@Import({OwnerConfiguration.class, RpcClientConfiguration.class})
@EnableConfigurationProperties(RegistryProperties.class)
public class RegistryServiceApplication {
    public static void main(String[] args) {
        ApplicationLife.lead(builder(), args);
    }

    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(RegistryServiceApplication.class)
                .properties("spring.config.name=registry-service");
    }

    /// Its own table knows where the nodes are.
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(Agents.class)
    GrpcAgents agents(ObjectProvider<RegistryService> registry) {
        return new GrpcAgents(node -> registry.getObject().endpoint(node));
    }

    @Bean
    RegistryService registryService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Leadership leadership,
            RegistryProperties properties,
            Agents agents,
            CallPolicy.Registries registries,
            LoopObserver observer) {
        return new RegistryService(
                        ambient,
                        keyspace,
                        layout,
                        leadership,
                        properties.settings(),
                        new GuardedAgents(agents, registries),
                        observer)
                .start();
    }

    /// Closed with its service.
    @Bean(destroyMethod = "")
    Owner owner(RegistryService registry) {
        return registry.owner();
    }

    @Bean
    BindableService registryCalls(RegistryService registry) {
        return RpcServer.of(Registry.class, registry.door());
    }

    @Bean(destroyMethod = "close")
    RelayedRegistration relayedRegistration(RegistryService registry) {
        return new RelayedRegistration(registry.registrationDoor(), leader -> KeepAlive.line("dns:///" + leader));
    }

    @Bean
    BindableService registrationCalls(RegistryService registry, RelayedRegistration anyCopy) {
        return new RegistrationService(anyCopy, registry.registrationDoor());
    }

    /// Before the server is stopped: it would wait for the feeds, which never end by themselves.
    @Bean
    ApplicationListener<ContextClosedEvent> endOfFeeds(RegistryService registry) {
        return _ -> registry.close();
    }
}
