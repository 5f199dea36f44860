package io.orlop.nexus;

import io.grpc.BindableService;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.owner.Owner;
import io.orlop.control.spring.ClusterConfiguration;
import io.orlop.control.spring.OwnerConfiguration;
import io.orlop.control.spring.ReconcileProperties;
import io.orlop.control.view.ClusterView;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.rpc.RpcServer;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.spring.ApplicationLife;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// nexus-service as a process. Its configuration is `nexus-service.yml`.
@SpringBootApplication(proxyBeanMethods = false)
@Import({OwnerConfiguration.class, ClusterConfiguration.class})
public class NexusServiceApplication {
    public static void main(String[] args) {
        ApplicationLife.lead(builder(), args);
    }

    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(NexusServiceApplication.class)
                .properties("spring.config.name=nexus-service");
    }

    /// Its leadership is its own to end.
    @Bean(initMethod = "start", destroyMethod = "close")
    NexusService nexusService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Agents agents,
            ClusterView view,
            Leadership leadership,
            ReconcileProperties pace,
            LoopObserver observer) {
        return new NexusService(
                ambient, keyspace, layout, agents, view, leadership, NexusSettings.of(pace.pace()), observer);
    }

    /// Closed with its service.
    @Bean(destroyMethod = "")
    Owner owner(NexusService service) {
        return service.owner();
    }

    @Bean
    BindableService nexuses(NexusService service) {
        return RpcServer.of(Nexuses.class, service.door());
    }
}
