package io.orlop.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.orlop.model.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Copies of a service behind real sockets.
class FollowingLeaderOverGrpcTest {
    interface Name {
        @Repeatable
        String name();

        Feed<String> names();
    }

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Copy> copies = new ArrayList<>();
    private final List<ManagedChannel> dialled = new ArrayList<>();
    private volatile @Nullable Copy leader;
    private Name name;

    private final class Copy implements Name {
        private final Server server;

        Copy() throws IOException {
            server = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            InsecureServerCredentials.create())
                    .executor(executor)
                    .addService(RpcServer.of(Name.class, Door.of(Name.class, this, this::shut)))
                    .build()
                    .start();
        }

        private Refusal.@Nullable NotLeader shut() {
            Copy leads = leader;
            return leads == this
                    ? null
                    : new Refusal.NotLeader(
                            "this copy does not lead", "ask the leader", leads == null ? null : leads.address());
        }

        String address() {
            return "127.0.0.1:" + server.getPort();
        }

        @Override
        public String name() {
            return address();
        }

        @Override
        public Feed<String> names() {
            return new Feed<>() {
                @Override
                public String next() {
                    return address();
                }

                @Override
                public void close() {}
            };
        }
    }

    @BeforeEach
    void serve() throws IOException {
        for (int i = 0; i < 3; i++) copies.add(new Copy());
        name = FollowingLeader.overGrpc(
                Name.class,
                "names",
                dial(copies.stream().map(Copy::address).collect(Collectors.joining(",", "copies:///", ""))),
                this::dial,
                CallPolicy.Registries.ofDefaults(),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30));
    }

    private ManagedChannel dial(String target) {
        ManagedChannel channel = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
                .defaultLoadBalancingPolicy("round_robin")
                .build();
        dialled.add(channel);
        return channel;
    }

    @AfterEach
    void stop() {
        dialled.forEach(ManagedChannel::shutdownNow);
        copies.forEach(copy -> copy.server.shutdownNow());
        executor.shutdownNow();
    }

    @Test
    void eachCopyThatLeadsIsFoundFromTheListedOnes() {
        for (Copy copy : copies) {
            leader = copy;
            assertThat(name.name()).isEqualTo(copy.address());
        }
    }

    @Test
    void aCopyThatDiedIsPassedOver() throws InterruptedException {
        // Given
        leader = copies.getFirst();
        name.name();
        // When
        copies.getFirst().server.shutdownNow().awaitTermination();
        leader = copies.getLast();
        // Then
        assertThat(Stream.generate(name::name).limit(6))
                .containsOnly(copies.getLast().address());
    }

    @Test
    void aFeedFollowsTheLead() throws InterruptedException {
        // Given
        leader = copies.getFirst();
        try (Feed<String> first = name.names()) {
            assertThat(first.next()).isEqualTo(copies.getFirst().address());
        }
        // When
        leader = copies.getLast();
        // Then
        try (Feed<String> second = name.names()) {
            assertThat(second.next()).isEqualTo(copies.getLast().address());
        }
    }
}
