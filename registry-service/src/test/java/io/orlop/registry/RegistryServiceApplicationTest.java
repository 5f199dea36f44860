package io.orlop.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.ioengine.GrpcRegistration;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.rpc.RpcClient;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Registry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

@Timeout(120)
class RegistryServiceApplicationTest {
    private static final NodeId NODE = new NodeId("n1");

    @Test
    @SuppressWarnings("try") // It is stopped before its end on purpose.
    void takesRegistrationsAndStreamsObservations() throws Exception {
        var port = new AtomicInteger();
        try (var store = new LocalStore(Ambient.system());
                ConfigurableApplicationContext process = start(store, port)) {
            while (!process.getBean(RegistryService.class).owner().isInOffice()) Thread.sleep(10);
            ManagedChannel channel = Grpc.newChannelBuilder(
                            "127.0.0.1:" + port.get(), InsecureChannelCredentials.create())
                    .build();
            try {
                new GrpcRegistration(channel).register(new NodeRegistration(NODE, "127.0.0.1:9", "1", "nqn:n1", "1.0"));
                Registry registry = RpcClient.of(
                        Registry.class,
                        channel,
                        CallPolicy.to("registry", CallPolicy.Registries.ofDefaults()),
                        Duration.ofSeconds(30));
                assertThat(registry.nodes().toList()).singleElement().satisfies(node -> assertThat(node.id())
                        .isEqualTo(NODE));
                try (Feed<Observation> feed = registry.observe(Observation.Cursor.START)) {
                    assertThat(feed.next().news()).isNotEmpty();
                    // An open feed does not keep the process from stopping.
                    process.close();
                }
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void tellsHowItIs() throws Exception {
        try (var store = new LocalStore(Ambient.system());
                ConfigurableApplicationContext process = start(store, new AtomicInteger())) {
            assertThat(get(process, "/actuator/health/liveness")).contains("UP");
            assertThat(get(process, "/actuator/prometheus")).contains("jvm_memory");
        }
    }

    @Test
    void isReadyWhileAnotherCopyLeads() throws Exception {
        try (var store = new LocalStore(Ambient.system());
                ConfigurableApplicationContext leading = start(store, new AtomicInteger())) {
            while (!leading.getBean(RegistryService.class).owner().isInOffice()) Thread.sleep(10);
            try (ConfigurableApplicationContext following = start(store, new AtomicInteger())) {
                while (!following.getBean(RegistryService.class).owner().isReady()) Thread.sleep(10);

                assertThat(get(following, "/actuator/health/readiness")).contains("UP", "\"in_office\":false");
            }
        }
    }

    private static ConfigurableApplicationContext start(LocalStore store, AtomicInteger port) {
        return RegistryServiceApplication.builder()
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean("keyspace", Keyspace.class, () -> new LocalKeyspace(store, Ambient.system())))
                .listeners((ApplicationListener<GrpcServerStartedEvent>) started -> port.set(started.getPort()))
                .run("--spring.grpc.server.port=0", "--server.port=0");
    }

    private static String get(ConfigurableApplicationContext process, String path) throws Exception {
        String port = process.getEnvironment().getRequiredProperty("local.server.port");
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
