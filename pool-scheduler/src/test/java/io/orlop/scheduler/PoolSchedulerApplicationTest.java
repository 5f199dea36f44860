package io.orlop.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.RpcClient;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

@Timeout(120)
class PoolSchedulerApplicationTest {
    @Test
    void servesPools() throws Exception {
        var port = new AtomicInteger();
        try (var store = new LocalStore(Ambient.system());
                ConfigurableApplicationContext process = PoolSchedulerApplication.builder()
                        .initializers(context -> {
                            var beans = (GenericApplicationContext) context;
                            beans.registerBean(
                                    "keyspace", Keyspace.class, () -> new LocalKeyspace(store, Ambient.system()));
                            beans.registerBean(
                                    "registryClient", Registry.class, () -> new FakeRegistry(Map.of()).port());
                        })
                        .listeners((ApplicationListener<GrpcServerStartedEvent>) started -> port.set(started.getPort()))
                        .run("--spring.grpc.server.port=0", "--spring.main.web-application-type=none")) {
            while (!process.getBean(PoolScheduler.class).owner().isInOffice()) Thread.sleep(10);
            ManagedChannel channel = Grpc.newChannelBuilder(
                            "127.0.0.1:" + port.get(), InsecureChannelCredentials.create())
                    .build();
            try {
                Pools pools = RpcClient.of(
                        Pools.class,
                        channel,
                        CallPolicy.to("pools", CallPolicy.Registries.ofDefaults()),
                        Duration.ofSeconds(30));
                assertThat(pools.pools()).isEmpty();
                assertThatThrownBy(() -> pools.createPool(
                                new CreatePoolSpec(new PoolId("p"), new NodeId("nobody"), List.of("/dev/x"), Map.of())))
                        .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                                .isInstanceOf(Refusal.NotFound.class));
            } finally {
                channel.shutdownNow();
            }
        }
    }
}
