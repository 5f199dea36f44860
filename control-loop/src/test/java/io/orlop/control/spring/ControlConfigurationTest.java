package io.orlop.control.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.etcd.EtcdKeyspace;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.Outcome;
import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

class ControlConfigurationTest {
    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withUserConfiguration(ControlConfiguration.class)
            .withPropertyValues("spring.application.name=volume-service");

    private static Status status(ApplicationContext context) {
        return Objects.requireNonNull(context.getBean(HealthIndicator.class).health())
                .getStatus();
    }

    @Test
    void startsWithoutAStoreAndSaysThatItIsDown() {
        contexts.withPropertyValues("orlop.store.endpoints=http://127.0.0.1:1").run(context -> {
            assertThat(context).hasSingleBean(EtcdKeyspace.class);
            assertThat(status(context)).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void propertiesReachTheirPlaces() {
        contexts.withPropertyValues("orlop.store.prefix=/elsewhere", "orlop.reconcile.period=3s")
                .run(context -> {
                    assertThat(context.getBean(Layout.class).volumes()).isEqualTo("/elsewhere/volumes/");
                    assertThat(context.getBean(ReconcileProperties.class).pace().period())
                            .isEqualTo(Duration.ofSeconds(3));
                });
    }

    @Test
    void aKeyspaceOfTheLaunchersOwnIsUsed() {
        var store = new LocalStore(Ambient.system());
        contexts.withBean(Keyspace.class, () -> new LocalKeyspace(store, Ambient.system()))
                .run(context -> {
                    context.getBean(Leadership.class).start();
                    assertThat(status(context)).isEqualTo(Status.UP);
                    while (!context.getBean(Leadership.class).isLeading()) Thread.onSpinWait();
                    assertThat(store.dump())
                            .extracting(entry -> entry.key())
                            .containsExactly("/mayastor/v2/leaders/volume-service");
                });
        assertThat(store.dump()).as("resigned on close").isEmpty();
        store.close();
    }

    @Test
    void whatALoopDoesIsMetered() {
        contexts.withBean(MeterRegistry.class, SimpleMeterRegistry::new).run(context -> {
            LoopObserver observer = context.getBean(LoopObserver.class);
            observer.ran("volumes", "id", Outcome.settled(), Duration.ofMillis(5));
            observer.failed("volumes", "id", new IllegalStateException(), 1, Duration.ofMillis(5));
            observer.sized("volumes", 7, 2);
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(meters.get("orlop.reconcile")
                            .tag("outcome", "settled")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("orlop.reconcile.failures").counter().count()).isEqualTo(1);
            assertThat(meters.get("orlop.reconcile.known").gauge().value()).isEqualTo(7);
        });
    }
}
