package io.orlop.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.ioengine.GrpcRegistration;
import io.orlop.wire.ioengine.RegistrationService;
import io.orlop.wire.service.Registration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nodes that know one copy of the registry; copies that know who leads, or do not.
@Timeout(60)
class RelayedRegistrationTest {
    private static final NodeRegistration NODE =
            new NodeRegistration(new NodeId("n1"), "n1:10124", "instance", "nqn:n1", "1.0").counted(7, 3L);

    private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();
    private final List<Copy> copies = new ArrayList<>();
    private final Copy a = copy();
    private final Copy b = copy();
    private final Copy c = copy();

    @AfterEach
    void close() {
        copies.forEach(Copy::close);
        channels.forEach(ManagedChannel::shutdownNow);
    }

    @Test
    void whatACopyThatFollowsIsToldReachesTheLeader() {
        // Given
        a.leader = b.address();
        b.leads = true;

        // When
        node(a).register(NODE);
        node(a).deregister(NODE.id());

        // Then
        assertThat(b.heard).containsExactly("register " + NODE, "deregister n1");
        assertThat(a.heard).isEmpty();
    }

    @Test
    void theNextLeaderIsFound() {
        // Given
        a.leader = b.address();
        b.leads = true;
        node(a).register(NODE);

        // When
        b.leads = false;
        c.leads = true;
        a.leader = c.address();
        node(a).register(NODE);

        // Then
        assertThat(c.heard).containsExactly("register " + NODE);
    }

    @Test
    void theLineToALeaderIsDialledOnce() {
        a.leader = b.address();
        b.leads = true;

        node(a).register(NODE);
        node(a).register(NODE);

        assertThat(a.dialled).hasValue(1);
    }

    @Test
    void whileNobodyLeadsTheNodeIsTold() {
        assertThatThrownBy(() -> node(a).register(NODE))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(new Refusal.NotLeader("this copy does not lead", "ask the leader", null)));
    }

    @Test
    void copiesThatTakeEachOtherForTheLeaderDoNotGoRoundInCircles() {
        a.leader = b.address();
        b.leader = a.address();

        assertThatThrownBy(() -> node(a).register(NODE))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.NotLeader.class));

        assertThat(a.asked).hasValue(1);
        assertThat(b.asked).hasValue(1);
    }

    /// A node that was given the address of a copy.
    private Registration node(Copy copy) {
        return new GrpcRegistration(dial(copy.address()));
    }

    private ManagedChannel dial(String address) {
        ManagedChannel channel = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                .build();
        channels.add(channel);
        return channel;
    }

    private Copy copy() {
        var copy = new Copy();
        copies.add(copy);
        return copy;
    }

    private final class Copy implements Registration, AutoCloseable {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger dialled = new AtomicInteger();
        volatile boolean leads;
        volatile @Nullable String leader;

        private final RelayedRegistration relayed;
        private final Server server;

        Copy() {
            relayed = new RelayedRegistration(this, address -> {
                dialled.incrementAndGet();
                return dial(address);
            });
            try {
                server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .addService(new RegistrationService(relayed, this))
                        .build()
                        .start();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        String address() {
            return "127.0.0.1:" + server.getPort();
        }

        @Override
        public void register(NodeRegistration node) {
            answer("register " + node);
        }

        @Override
        public void deregister(NodeId node) {
            answer("deregister " + node.name());
        }

        private void answer(String told) {
            asked.incrementAndGet();
            if (!leads) {
                throw new Refusal.NotLeader("this copy does not lead", "ask the leader", leader).exception();
            }
            heard.add(told);
        }

        @Override
        public void close() {
            relayed.close();
            server.shutdownNow();
        }
    }
}
