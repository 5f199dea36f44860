package io.orlop.scheduler;

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
import io.orlop.wire.service.Pools;
import io.orlop.wire.spring.ApplicationLife;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// The pool scheduler as a process; its configuration is `pool-scheduler.yml`.
@SpringBootApplication(proxyBeanMethods = false)
@Import({OwnerConfiguration.class, ClusterConfiguration.class})
@EnableConfigurationProperties(SchedulerProperties.class)
public class PoolSchedulerApplication {
    public static void main(String[] args) {
        ApplicationLife.lead(builder(), args);
    }

    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(PoolSchedulerApplication.class)
                .properties("spring.config.name=pool-scheduler");
    }

    @Bean(destroyMethod = "close")
    PoolScheduler poolScheduler(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Agents agents,
            ClusterView view,
            Leadership leadership,
            SchedulerProperties properties,
            ReconcileProperties reconcile,
            LoopObserver observer) {
        return new PoolScheduler(
                        ambient,
                        keyspace,
                        layout,
                        agents,
                        view,
                        leadership,
                        properties.settings(reconcile.pace()),
                        observer)
                .start();
    }

    /// Closed with its service.
    @Bean(destroyMethod = "")
    Owner owner(PoolScheduler scheduler) {
        return scheduler.owner();
    }

    @Bean
    BindableService poolCalls(PoolScheduler scheduler) {
        return RpcServer.of(Pools.class, scheduler.door());
    }
}
