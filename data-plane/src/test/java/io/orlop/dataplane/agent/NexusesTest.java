package io.orlop.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.dataplane.block.Exports;
import io.orlop.dataplane.block.Exposure;
import io.orlop.dataplane.nexus.MemoryInfoStore;
import io.orlop.dataplane.nexus.Surroundings;
import io.orlop.disk.MemoryDisk;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.NvmfConfig;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.CreateNexus;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nexuses that are made at the same time.
@Timeout(60)
class NexusesTest {
    private final CountDownLatch opening = new CountDownLatch(1);
    private final CountDownLatch deadNodeGivesUp = new CountDownLatch(1);
    private final AtomicInteger opened = new AtomicInteger();
    private final Nexuses nexuses = new Nexuses(new Surroundings(
            new NodeId("node"),
            uri -> {
                if (uri.contains("dead")) {
                    opening.countDown();
                    await(deadNodeGivesUp);
                }
                opened.incrementAndGet();
                return new MemoryCopy(new MemoryDisk(12 << 20, 512));
            },
            new NoExports(),
            new MemoryInfoStore(),
            () -> {},
            Ambient.system()));

    @AfterEach
    void close() {
        deadNodeGivesUp.countDown();
        nexuses.close();
    }

    @Test
    void oneThatWaitsForADeadNodeKeepsNoOtherWaiting() throws Exception {
        var first = started(nexus(1, "dead", 1));
        opening.await();
        nexuses.create(nexus(2, "alive", 2));
        assertThat(first.isDone()).isFalse();
        assertThat(nexuses.states()).hasSize(1);
        deadNodeGivesUp.countDown();
        first.get();
        assertThat(nexuses.states()).hasSize(2);
    }

    @Test
    void oneReplicaBecomesTheChildOfOneOfTwoThatWantIt() throws Exception {
        var first = started(nexus(1, "dead", 1));
        opening.await();
        assertThatThrownBy(() -> nexuses.refuseIfUsed(new ReplicaId(new UUID(5, 1))))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.InUse.class));
        var second = new FutureTask<>(() -> nexuses.create(nexus(2, "alive", 1)));
        Thread waiting = Thread.ofVirtual().start(second);
        while (waiting.getState() != Thread.State.WAITING) Thread.sleep(1);
        deadNodeGivesUp.countDown();
        first.get();
        assertThatThrownBy(second::get)
                .hasCauseInstanceOf(RefusalException.class)
                .hasMessageContaining("is one of nexus");
        assertThat(opened).hasValue(1);
    }

    @Test
    void oneReplicaIsAddedToOneOfTwoNexuses() throws Exception {
        nexuses.create(nexus(1, "alive", 1));
        nexuses.create(nexus(2, "alive", 2));
        var first = new FutureTask<>(() -> nexuses.addChild(id(1), uri("dead", 3), true));
        Thread.ofVirtual().start(first);
        opening.await();
        var second = new FutureTask<>(() -> nexuses.addChild(id(2), uri("alive", 3), true));
        Thread waiting = Thread.ofVirtual().start(second);
        while (waiting.getState() != Thread.State.WAITING) Thread.sleep(1);
        deadNodeGivesUp.countDown();
        assertThat(first.get().children()).hasSize(2);
        assertThatThrownBy(second::get).hasMessageContaining("is one of nexus");
    }

    private FutureTask<?> started(CreateNexus request) {
        var task = new FutureTask<>(() -> nexuses.create(request));
        Thread.ofVirtual().start(task);
        return task;
    }

    private static CreateNexus nexus(int number, String node, int... replicas) {
        List<String> uris =
                Arrays.stream(replicas).mapToObj(replica -> uri(node, replica)).toList();
        return new CreateNexus(
                id(number), "nexus-" + number, Bytes.mib(12), NvmfConfig.ofPath(1), uris, "key-" + number);
    }

    private static NexusId id(int number) {
        return new NexusId(new UUID(4, number));
    }

    private static String uri(String node, int replica) {
        return "nvmf+tcp://%s/%d?uuid=%s".formatted(node, replica, new UUID(5, replica));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static final class NoExports implements Exports {
        @Override
        public void expose(Exposure exposure) {}

        @Override
        public void allow(String nqn, List<AllowedHost> hosts) {}

        @Override
        public void withdraw(String nqn) {}

        @Override
        public String uri(String nqn) {
            return nqn;
        }
    }
}
