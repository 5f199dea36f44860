package io.orlop.registry;

import io.orlop.model.BlockDevice;
import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Agents;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Nodes that report what the test says.
final class ScriptedNodes implements Agents {
    private final Map<NodeId, ScriptedNode> nodes = new ConcurrentSkipListMap<>();

    static final class ScriptedNode {
        final NodeId id;
        final AtomicInteger asked = new AtomicInteger();
        /// Whether they were answered or not.
        final AtomicInteger questions = new AtomicInteger();
        volatile String instance = "1";
        volatile List<String> addresses = List.of();
        volatile List<PoolState> pools = List.of();
        volatile @Nullable Long generation;
        volatile @Nullable Long drift;
        volatile boolean silent;
        volatile @Nullable CountDownLatch gate;
        /// What asking it runs into.
        volatile @Nullable Error bug;

        ScriptedNode(NodeId id) {
            this.id = id;
        }

        NodeRegistration registration() {
            return new NodeRegistration(id, id + ":10124", instance, "nqn:" + id, "1.0", addresses, generation, drift);
        }

        void pool(String pool) {
            pools = List.of(new PoolState(
                    new PoolId(pool),
                    PoolUuid.of("00000000-0000-4000-8000-00000000000a"),
                    id,
                    List.of("aio:///dev/x"),
                    PoolStatus.ONLINE,
                    Bytes.gib(1),
                    Bytes.ZERO,
                    Bytes.ZERO,
                    Bytes.mib(4)));
        }

        private @Nullable Object answer(String method) throws InterruptedException {
            questions.incrementAndGet();
            CountDownLatch closed = gate;
            if (closed != null) closed.await();
            Error thrown = bug;
            if (thrown != null) throw thrown;
            if (silent) throw new Refusal.Unavailable(id + " is silent", "wait").exception();
            return switch (method) {
                case "info" -> registration();
                case "blockDevices" -> List.<BlockDevice>of();
                case "pools" -> {
                    asked.incrementAndGet();
                    yield pools;
                }
                case "replicas", "nexuses" -> List.of();
                default -> throw new UnsupportedOperationException(method);
            };
        }
    }

    ScriptedNode node(String name) {
        return nodes.computeIfAbsent(new NodeId(name), ScriptedNode::new);
    }

    @Override
    public Agent at(NodeId node, Optional<io.orlop.wire.agent.Term> term) {
        return (Agent) Proxy.newProxyInstance(
                Agent.class.getClassLoader(), new Class<?>[] {Agent.class}, (_, method, _) -> node(node.name())
                        .answer(method.getName()));
    }
}
