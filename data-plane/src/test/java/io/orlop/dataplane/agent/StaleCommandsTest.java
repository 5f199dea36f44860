package io.orlop.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.dataplane.block.Exports;
import io.orlop.dataplane.block.Exposure;
import io.orlop.dataplane.disk.LocalDisks;
import io.orlop.dataplane.nexus.MemoryInfoStore;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NvmfConfig;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ShareProtocol;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.agent.Term;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StaleCommandsTest {
    private static final PoolId POOL = new PoolId("memory");
    private static final ReplicaId REPLICA = new ReplicaId(new UUID(1, 1));
    private static final NexusId NEXUS = new NexusId(new UUID(2, 2));

    private final AtomicBoolean holding = new AtomicBoolean();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final StorageNode node = new StorageNode(
            new NodeRegistration(new NodeId("node-1"), "127.0.0.1:1", "1", null, null),
            new NodePorts(
                    new LocalDisks(),
                    new Exports() {
                        @Override
                        public void expose(Exposure exposure) {
                            if (!holding.get()) return;
                            held.countDown();
                            try {
                                go.await();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        }

                        @Override
                        public void allow(String nqn, List<AllowedHost> hosts) {}

                        @Override
                        public void withdraw(String nqn) {}

                        @Override
                        public String uri(String nqn) {
                            return "nvmf+tcp://here/" + nqn;
                        }
                    },
                    uri -> {
                        throw new IOException("there is no " + uri);
                    },
                    new MemoryInfoStore(),
                    BlockDevices.NONE,
                    List::of,
                    Ambient.system()));

    @BeforeEach
    void createPool() {
        led("pools", 5).createPool(new CreatePool(POOL, List.of("malloc:///m?size_mb=64")));
    }

    @AfterEach
    void close() {
        go.countDown();
        node.close();
    }

    @Test
    void aCreateThatComesAfterTheNextLeadersDestroyIsRefused() {
        assertThatThrownBy(() -> led("pools", 9).destroyReplica(REPLICA, POOL)).hasMessageContaining("not in pool");

        assertThatThrownBy(() -> create(led("pools", 5)))
                .hasMessageContaining("pools@5")
                .hasMessageContaining("pools@9")
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.FailedPrecondition.class));
        assertThat(node.replicas()).isEmpty();
    }

    @Test
    void questionsAreAnsweredInAnyTerm() {
        create(led("pools", 9));

        assertThat(led("pools", 5).replicas()).hasSize(1);
    }

    @Test
    void eachOfficeHasTermsOfItsOwnAndWhoHasNoneIsNotAsked() {
        led("nexuses", 7).unshareReplica(create(led("pools", 5)));

        node.destroyReplica(REPLICA, POOL);
        node.under(null).destroyPool(POOL);

        assertThat(node.pools()).isEmpty();
    }

    @Test
    void theFirstCommandOfATermWaitsForThoseOfTheTermBefore() throws Exception {
        holding.set(true);
        Thread old = Thread.ofVirtual().start(() -> create(led("pools", 5)));
        held.await();
        Thread next = Thread.ofVirtual().start(() -> led("pools", 9).destroyReplica(REPLICA, POOL));

        while (next.getState() != Thread.State.WAITING) Thread.onSpinWait();
        go.countDown();
        old.join();
        next.join();

        assertThat(node.replicas()).isEmpty();
    }

    @Test
    void strangersOfficesDoNotFillTheMemory() {
        create(led("pools", 5));
        for (int i = 0; i < 63; i++) led("office-" + i, 1).unshareReplica(REPLICA);
        assertThatThrownBy(() -> led("one-more", 1).unshareReplica(REPLICA))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.OutOfCapacity.class));
        led("pools", 6).unshareReplica(REPLICA);
    }

    @Test
    void theGenerationMovesWithWhatIsReportedAndNotWithQuestionsOrUsage() throws Exception {
        long first = generation();
        create(led("pools", 5));
        assertThat(generation()).isNotEqualTo(first);
        node.createNexus(new CreateNexus(
                NEXUS,
                "volume",
                Bytes.mib(16),
                NvmfConfig.ofPath(1),
                List.of("bdev:///%s?uuid=%s".formatted(REPLICA, REPLICA)),
                "key"));
        long created = generation();
        Long unused = node.info().drift();

        node.device(NEXUS).write(0, ByteBuffer.allocate(512));
        assertThat(node.replicas().getFirst().space().allocatedClusters()).isEqualTo(1);
        Long used = node.info().drift();
        assertThat(used).isNotNull().isNotEqualTo(unused);
        node.device(NEXUS).write(0, ByteBuffer.allocate(512));
        assertThat(node.info().drift()).isEqualTo(used);
        assertThatThrownBy(() -> create(led("pools", 5))).hasMessageContaining("exists");
        assertThat(generation()).isEqualTo(created);

        node.publishNexus(NEXUS, ShareProtocol.NVMF, List.of());
        long published = generation();
        assertThat(published).isNotEqualTo(created);

        node.unshareReplica(REPLICA);
        assertThat(generation()).isNotEqualTo(published);
    }

    private long generation() {
        Long generation = node.info().generation();
        if (generation == null) throw new AssertionError("no generation");
        return generation;
    }

    private Agent led(String office, long revision) {
        return node.under(new Term(office, revision));
    }

    private ReplicaId create(Agent agent) {
        agent.createReplica(new CreateReplica(
                REPLICA, REPLICA.toString(), POOL, Bytes.mib(16), true, ShareProtocol.NVMF, List.of()));
        return REPLICA;
    }
}
