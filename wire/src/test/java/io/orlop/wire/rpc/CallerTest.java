package io.orlop.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.orlop.model.Caller;
import io.orlop.model.RefusalException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallerTest {
    interface Outer {
        Caller asked();

        Feed<Caller> watched();
    }

    interface Inner {
        Caller asked();
    }

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private Outer outer;

    @BeforeEach
    void serve() throws IOException {
        Inner inner = served(Inner.class, Caller::current);
        outer = served(Outer.class, new Outer() {
            @Override
            public Caller asked() {
                return inner.asked();
            }

            @Override
            public Feed<Caller> watched() {
                Caller watching = inner.asked();
                return new Feed<>() {
                    @Override
                    public Caller next() {
                        return watching;
                    }

                    @Override
                    public void close() {}
                };
            }
        });
    }

    private <T> T served(Class<T> contract, T service) throws IOException {
        String address = "caller-" + contract.getSimpleName();
        servers.add(InProcessServerBuilder.forName(address)
                .directExecutor()
                .addService(RpcServer.of(contract, service))
                .build()
                .start());
        ManagedChannel channel = InProcessChannelBuilder.forName(address).build();
        channels.add(channel);
        return RpcClient.of(
                contract, channel, CallPolicy.to(address, CallPolicy.Registries.ofDefaults()), Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
        executor.shutdownNow();
    }

    @Test
    void whoAskedIsKnownTwoServicesFurther() {
        var anna = new Caller("anna", "rest");

        assertThat(anna.<Caller, RuntimeException>call(outer::asked)).isEqualTo(anna);
    }

    @Test
    void whoWatchesIsKnownTwoServicesFurther() throws InterruptedException {
        var anna = new Caller("anna", "rest");

        try (Feed<Caller> feed = anna.<Feed<Caller>, RuntimeException>call(outer::watched)) {
            assertThat(feed.next()).isEqualTo(anna);
        }
    }

    @Test
    void whoeverSaysNothingIsTheControlPlaneItself() {
        assertThat(outer.asked()).isEqualTo(Caller.SYSTEM);
    }

    @Test
    void aCallerThatCannotBeUnderstoodIsNobody() {
        // Given
        var headers = new Metadata();
        headers.put(Metadata.Key.of("orlop-caller-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1});
        ManagedChannel channel = InProcessChannelBuilder.forName("caller-Outer")
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .build();
        channels.add(channel);
        Outer forged = RpcClient.of(
                Outer.class,
                channel,
                CallPolicy.to("forged", CallPolicy.Registries.ofDefaults()),
                Duration.ofSeconds(30));
        // When, Then
        assertThatThrownBy(forged::asked)
                .isInstanceOf(RefusalException.class)
                .hasMessageContaining("is not understood");
    }
}
