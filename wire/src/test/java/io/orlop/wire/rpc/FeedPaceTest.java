package io.orlop.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FeedPaceTest {
    private static final String FACT = "x".repeat(64 << 10);
    private static final int ENDLESS = 5000;
    /// What the sockets and HTTP/2's window hold, and then some.
    private static final int BOUND = 500;

    interface News {
        Feed<String> news();
    }

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger taken = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Thread sender;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws IOException {
        News service = () -> new Feed<>() {
            @Override
            public String next() throws InterruptedException {
                sender = Thread.currentThread();
                if (taken.incrementAndGet() > ENDLESS) new CountDownLatch(1).await();
                return FACT;
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create())
                .executor(executor)
                .addService(RpcServer.of(News.class, service))
                .build()
                .start();
        channel = Grpc.newChannelBuilder("127.0.0.1:" + server.getPort(), InsecureChannelCredentials.create())
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
        executor.shutdownNow();
    }

    @Test
    void aReaderThatDoesNotReadCostsABoundedNumberOfFacts() throws InterruptedException {
        // Given
        ClientCall<byte[], byte[]> call =
                channel.newCall(Contract.procedures(News.class).getFirst().descriptor(), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        // When
        call.sendMessage("[]".getBytes(StandardCharsets.UTF_8));
        call.halfClose();
        awaitRestOfSender();
        // Then
        assertThat(taken).hasValueLessThan(BOUND);
        // When
        call.cancel("seen enough", null);
        // Then
        closed.await();
    }

    /// The sender rests when it waits for its reader, or, at the end of all facts, for ever.
    private void awaitRestOfSender() {
        int restful = 0;
        for (int seen = -1; restful < 1000; ) {
            Thread sending = sender;
            boolean rests = sending != null && sending.getState() == Thread.State.WAITING && taken.get() == seen;
            restful = rests ? restful + 1 : 0;
            seen = taken.get();
            Thread.yield();
        }
    }
}
