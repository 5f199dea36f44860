package io.orlop.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.orlop.model.Bytes;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RpcTest {
    interface Shelf {
        Map<PoolId, Bytes> sizes(List<PoolId> pools, @Nullable Bytes least);

        void put(PoolId pool);

        @Repeatable
        String flaky();

        String repeated(String text, int times);

        Feed<Refusal> news();
    }

    private final AtomicInteger attempts = new AtomicInteger();
    private final BlockingQueue<Refusal> news = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Shelf served = new Shelf() {
        @Override
        public Map<PoolId, Bytes> sizes(List<PoolId> pools, @Nullable Bytes least) {
            return Map.of(pools.getFirst(), least == null ? Bytes.ZERO : least);
        }

        @Override
        public void put(PoolId pool) {
            throw new Refusal.InUse("pool " + pool + " holds 2 replicas", "delete them first").exception();
        }

        @Override
        public String flaky() {
            if (attempts.incrementAndGet() < 3) throw new Refusal.Unavailable("away", "wait").exception();
            return "here";
        }

        @Override
        public String repeated(String text, int times) {
            return text.repeat(times);
        }

        @Override
        public Feed<Refusal> news() {
            return new Feed<>() {
                @Override
                public Refusal next() throws InterruptedException {
                    return news.take();
                }

                @Override
                public void close() {
                    closed.countDown();
                }
            };
        }
    };

    private Server server;
    private ManagedChannel channel;
    private Shelf shelf;

    @BeforeEach
    void serve() throws IOException {
        server = InProcessServerBuilder.forName("shelf")
                .directExecutor()
                .addService(RpcServer.of(Shelf.class, served))
                .build()
                .start();
        channel = InProcessChannelBuilder.forName("shelf").build();
        shelf = RpcClient.of(
                Shelf.class,
                channel,
                CallPolicy.to("shelf", CallPolicy.Registries.ofDefaults()),
                Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void argumentsAndResultsTravel() {
        assertThat(shelf.sizes(List.of(new PoolId("a")), Bytes.mib(1)))
                .isEqualTo(Map.of(new PoolId("a"), Bytes.mib(1)));
        assertThat(shelf.sizes(List.of(new PoolId("a")), null)).isEqualTo(Map.of(new PoolId("a"), Bytes.ZERO));
    }

    @Test
    void aRefusalArrivesAsItWasThrown() {
        assertThatThrownBy(() -> shelf.put(new PoolId("p")))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(new Refusal.InUse("pool p holds 2 replicas", "delete them first")));
    }

    @Test
    void whatMayBeRepeatedIsRepeatedWhileThePeerIsAway() {
        assertThat(shelf.flaky()).isEqualTo("here");
        assertThat(attempts).hasValue(3);
    }

    @Test
    void anAnswerThatIsTooLargeIsRefusedInOurWords() {
        assertThatThrownBy(() -> shelf.repeated("x", MessageSize.MOST))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.Failed.class))
                .hasMessageContaining("the answer of orlop.v1.Shelf/repeated has 4194306 bytes");
    }

    @Test
    void aRequestThatIsTooLargeIsRefusedBeforeItIsSent() {
        assertThatThrownBy(() -> shelf.repeated("x".repeat(MessageSize.MOST), 1))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.Invalid.class));
    }

    @Test
    void aFeedDeliversAndIsClosedAtBothEnds() throws InterruptedException {
        var first = new Refusal.NotFound("a", "b");
        try (Feed<Refusal> feed = shelf.news()) {
            news.add(first);
            assertThat(feed.next()).isEqualTo(first);
        }
        closed.await();
    }

    @Test
    void aFeedWhoseServerGoesAwaySaysSo() {
        Feed<Refusal> feed = shelf.news();
        server.shutdownNow();
        assertThatThrownBy(feed::next).isInstanceOf(RefusalException.class);
    }
}
