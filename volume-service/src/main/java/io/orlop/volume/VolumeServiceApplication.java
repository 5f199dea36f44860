package io.orlop.volume;

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
import io.orlop.wire.rpc.RpcServer;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Volumes;
import io.orlop.wire.spring.ApplicationLife;
import io.orlop.wire.spring.RpcClients;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// volume-service as a process. Its configuration is `volume-service.yml`.
@SpringBootApplication(proxyBeanMethods = false)
@Import({OwnerConfiguration.class, ClusterConfiguration.class})
public class VolumeServiceApplication {
    public static void main(String[] args) {
        ApplicationLife.lead(builder(), args);
    }

    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(VolumeServiceApplication.class)
                .properties("spring.config.name=volume-service");
    }

    @Bean
    VolumeSettings volumeSettings(
            ReconcileProperties pace,
            @Value("${orlop.volume.faulted-child-wait}") Duration faultedChildWait,
            @Value("${orlop.volume.create-limit}") int creations,
            @Value("${orlop.volume.create-wait}") Duration creationWait) {
        return new VolumeSettings(pace.pace(), faultedChildWait, creations, creationWait);
    }

    /// Its leadership is its own to end.
    @Bean(initMethod = "start", destroyMethod = "close")
    VolumeService volumeService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            RpcClients clients,
            ClusterView view,
            Leadership leadership,
            VolumeSettings settings,
            LoopObserver observer) {
        return new VolumeService(
                ambient,
                keyspace,
                layout,
                clients.client(Pools.class, "pools"),
                clients.client(Nexuses.class, "nexuses"),
                view,
                leadership,
                settings,
                observer);
    }

    /// Closed with its service.
    @Bean(destroyMethod = "")
    Owner owner(VolumeService service) {
        return service.owner();
    }

    @Bean
    BindableService volumes(VolumeService service) {
        return RpcServer.of(Volumes.class, service.door());
    }
}
