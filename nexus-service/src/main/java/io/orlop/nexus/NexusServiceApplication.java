package io.orlop.nexus;

import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.observed.ObservedCluster;
import io.orlop.control.spring.ControlConfiguration;
import io.orlop.control.spring.ReconcileProperties;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.GuardedAgents;
import io.orlop.wire.ioengine.GrpcAgents;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.RpcServer;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Registry;
import io.orlop.wire.spring.RpcClientConfiguration;
import io.orlop.wire.spring.RpcClients;
import io.orlop.wire.spring.RpcServerConfiguration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// nexus-service as a process. Its configuration is `nexus-service.yml`.
@SpringBootApplication(proxyBeanMethods = false)
@Import({ControlConfiguration.class, RpcClientConfiguration.class, RpcServerConfiguration.class})
public class NexusServiceApplication {
    public static void main(String[] args) {
        builder().run(args);
    }

    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(NexusServiceApplication.class)
                .properties("spring.config.name=nexus-service");
    }

    @Bean
    ObservedCluster observedCluster(Ambient ambient, RpcClients clients) {
        return ObservedCluster.follow(ambient, clients.client(Registry.class, "registry"));
    }

    @Bean
    GrpcAgents grpcAgents(ObservedCluster cluster) {
        return new GrpcAgents(
                node -> cluster.node(node).map(seen -> seen.node().grpcEndpoint()),
                endpoint -> Grpc.newChannelBuilder(endpoint, InsecureChannelCredentials.create())
                        .build());
    }

    @Bean
    Agents agents(GrpcAgents grpcAgents, CallPolicy.Registries policies) {
        return new GuardedAgents(grpcAgents, policies);
    }

    /// Its leadership is its own to end.
    @Bean(initMethod = "start", destroyMethod = "close")
    NexusService nexusService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            @Qualifier("agents") Agents agents,
            ObservedCluster cluster,
            Leadership leadership,
            ReconcileProperties pace,
            LoopObserver observer) {
        return new NexusService(ambient, keyspace, layout, agents, cluster, leadership, pace.period(), observer);
    }

    @Bean
    BindableService nexuses(NexusService service) {
        return RpcServer.of(Nexuses.class, service);
    }
}
