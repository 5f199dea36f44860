package io.orlop.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.RpcClient;
import io.orlop.wire.service.Volumes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

class VolumeServiceApplicationTest {
    @Test
    void servesVolumesAndTellsHowItIs() throws Exception {
        var port = new AtomicInteger();
        try (var store = new LocalStore(Ambient.system());
                ConfigurableApplicationContext process = VolumeServiceApplication.builder()
                        .initializers(context -> ((GenericApplicationContext) context)
                                .registerBean(
                                        "keyspace", Keyspace.class, () -> new LocalKeyspace(store, Ambient.system())))
                        .listeners((ApplicationListener<GrpcServerStartedEvent>) started -> port.set(started.getPort()))
                        .run("--spring.grpc.server.port=0", "--server.port=0")) {
            VolumeProcess.await(() -> process.getBean(VolumeService.class).isReady());
            var channel = Grpc.newChannelBuilder("127.0.0.1:" + port.get(), InsecureChannelCredentials.create())
                    .build();
            try {
                Volumes volumes = RpcClient.of(
                        Volumes.class,
                        channel,
                        CallPolicy.to("volumes", CallPolicy.Registries.ofDefaults()),
                        Duration.ofSeconds(30));
                assertThat(volumes.volumes()).isEmpty();
            } finally {
                channel.shutdownNow();
            }
            assertThat(get(process, "/actuator/health/liveness")).contains("UP");
            assertThat(get(process, "/actuator/prometheus")).contains("orlop_reconcile");
        }
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
