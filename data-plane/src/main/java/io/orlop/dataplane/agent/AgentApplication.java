package io.orlop.dataplane.agent;

import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.ioengine.AgentService;
import io.orlop.wire.ioengine.GrpcRegistration;
import io.orlop.wire.spring.RpcServerConfiguration;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/// One storage node as a process: Mayastor's io-engine API over gRPC, devices over NVMe/TCP. Its configuration is
/// `data-plane.yml`.
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties({AgentSettings.class, StoreSecurity.class})
@Import(RpcServerConfiguration.class)
public class AgentApplication {
    private final Heartbeats heartbeats;

    AgentApplication(Heartbeats heartbeats) {
        this.heartbeats = heartbeats;
    }

    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(AgentApplication.class)
                .web(WebApplicationType.NONE)
                .properties("spring.config.name=data-plane");
    }

    /// The control plane asks back at once, so it is told when the agent can answer.
    @EventListener(GrpcServerStartedEvent.class)
    void announce() {
        heartbeats.heartbeat.start();
    }

    record Heartbeats(Heartbeat heartbeat, ManagedChannel channel) implements AutoCloseable {
        @Override
        public void close() {
            heartbeat.leave();
            channel.shutdownNow();
        }
    }

    /// In the order of [AgentService#of].
    record Services(List<BindableService> all) {}

    @Configuration(proxyBeanMethods = false)
    static class Parts {
        @Bean
        EtcdNexusInfoStore nexusInfoStore(AgentSettings settings, StoreSecurity security) {
            return EtcdNexusInfoStore.to(security.access(settings.store()), Ambient.system());
        }

        @Bean
        RunningNode node(
                AgentSettings settings, EtcdNexusInfoStore store, @Value("${spring.grpc.server.port}") int grpcPort)
                throws IOException {
            return RunningNode.start(settings.node(grpcPort), store, Ambient.system());
        }

        @Bean
        Heartbeats heartbeats(AgentSettings settings, RunningNode node) {
            ManagedChannel channel = Grpc.newChannelBuilder(
                            settings.registration(), InsecureChannelCredentials.create())
                    .keepAliveTime(10, TimeUnit.SECONDS)
                    .keepAliveTimeout(20, TimeUnit.SECONDS)
                    .build();
            return new Heartbeats(node.heartbeat(new GrpcRegistration(channel)), channel);
        }

        @Bean
        Services services(RunningNode node) {
            return new Services(AgentService.of(node.agent()));
        }

        @Bean
        BindableService hostRpc(Services services) {
            return services.all().get(0);
        }

        @Bean
        BindableService poolRpc(Services services) {
            return services.all().get(1);
        }

        @Bean
        BindableService replicaRpc(Services services) {
            return services.all().get(2);
        }

        @Bean
        BindableService nexusRpc(Services services) {
            return services.all().get(3);
        }
    }
}
