package io.orlop.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.DeviceOpener;
import io.orlop.dataplane.block.Exports;
import io.orlop.dataplane.block.Exposure;
import io.orlop.dataplane.disk.Disks;
import io.orlop.dataplane.nexus.MemoryInfoStore;
import io.orlop.dataplane.nvme.target.ManualAmbient;
import io.orlop.disk.Disk;
import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDisk;
import io.orlop.disk.twin.Fault;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NvmfConfig;
import io.orlop.model.PoolId;
import io.orlop.model.PoolStatus;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What fails under a pool for a while is not its end.
@Timeout(60)
class FaultedPoolTest {
    private static final CreatePool POOL = new CreatePool(new PoolId("pool"), List.of("aio:///disk"));
    private static final NexusId NEXUS = new NexusId(new UUID(2, 2));

    private final ManualAmbient time = new ManualAmbient();
    private final CrashableDisk disk = new CrashableDisk(64 << 20, 512);
    private volatile boolean gone;
    private final StorageNode node = new StorageNode(
            new NodeRegistration(new NodeId("node-1"), "127.0.0.1:1", "1", null, null),
            new NodePorts(
                    new Disks() {
                        @Override
                        public String canonical(String uri) {
                            return uri;
                        }

                        @Override
                        public Disk open(String uri) throws IOException {
                            if (gone) throw new IOException("there is no " + uri);
                            return disk;
                        }
                    },
                    new Exports() {
                        @Override
                        public void expose(Exposure exposure) {}

                        @Override
                        public void allow(String nqn, List<AllowedHost> hosts) {}

                        @Override
                        public void withdraw(String nqn) {}

                        @Override
                        public String uri(String nqn) {
                            return "nvmf+tcp://here/" + nqn;
                        }
                    },
                    nothingElsewhere(),
                    new MemoryInfoStore(),
                    BlockDevices.NONE,
                    List::of,
                    time));

    @BeforeEach
    void createPool() {
        node.createPool(POOL);
    }

    @Test
    void aFullDiskIsNoFaultAndIsOverWhenThereIsRoom() throws Exception {
        ReplicaState replica = replica(1);
        nexus(replica);
        Fault full = disk.faults().add(fullBehindTheMetadata());

        assertThatThrownBy(() -> node.device(NEXUS).write(0, ByteBuffer.allocate(512)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no room");
        assertThat(node.pools().getFirst().status()).isEqualTo(PoolStatus.ONLINE);
        assertThat(node.pools().getFirst().used()).isEqualTo(Bytes.ZERO);

        full.mend();
        node.device(NEXUS).write(0, ByteBuffer.allocate(512));
        assertThat(node.pools().getFirst().used()).isEqualTo(Bytes.mib(4));
    }

    /// A file takes room when it is written to, also where a thick replica's clusters lie.
    @Test
    void aFullDiskRefusesWhatAThickReplicaWritesForTheFirstTime() throws Exception {
        nexus(node.createReplica(create(1, false)));
        Fault full = disk.faults().add(fullBehindTheMetadata());

        assertThatThrownBy(() -> node.device(NEXUS).write(0, ByteBuffer.allocate(512)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no room");
        assertThat(node.pools().getFirst().status()).isEqualTo(PoolStatus.ONLINE);

        full.mend();
        node.device(NEXUS).write(0, ByteBuffer.allocate(512));
    }

    @Test
    void aFaultedPoolIsReadAnewWhenItIsImported() {
        ReplicaState replica = replica(1);
        fault();
        assertThatThrownBy(() -> node.importPool(POOL)).hasMessageContaining("input/output error");
        assertThat(node.pools().getFirst().status()).isEqualTo(PoolStatus.FAULTED);

        disk.faults().mend();
        assertThat(node.importPool(POOL).status()).isEqualTo(PoolStatus.ONLINE);

        // What was refused when it could not be forced may be there too.
        assertThat(node.replicas()).contains(replica);
        assertThatThrownBy(() -> node.importPool(POOL))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.AlreadyExists.class));
    }

    /// Linux goes on to show what it could not write. Whoever were shown that, would take it for safe.
    @Test
    void aPoolThatIsReadAnewShowsWhatIsOnTheMedium() throws Exception {
        nexus(replica(1));
        BlockDevice device = node.device(NEXUS);
        device.write(0, ByteBuffer.allocate(512).put(0, (byte) 1));
        device.flush();
        device.write(0, ByteBuffer.allocate(512).put(0, (byte) 2));
        disk.faults().add(Fault.lostForce().times(1));
        assertThatThrownBy(device::flush).isInstanceOf(IOException.class);

        node.importPool(POOL);

        ByteBuffer shown = ByteBuffer.allocate(512);
        node.device(NEXUS).read(0, shown);
        assertThat(shown.get(0)).isEqualTo((byte) 1);
    }

    @Test
    void aFaultedPoolComesBackOnItsOwnWithItsNexuses() throws Exception {
        nexus(replica(1));
        node.device(NEXUS).write(0, ByteBuffer.wrap(new byte[512]));
        long before = generation();
        fault();
        gone = true;
        assertThat(generation()).isNotEqualTo(before);
        passUntil(() -> gone);
        assertThat(node.pools().getFirst().status()).isEqualTo(PoolStatus.FAULTED);

        gone = false;
        disk.faults().mend();
        passUntil(() -> node.pools().getFirst().status() == PoolStatus.ONLINE);

        // The copy is dialled again from time to time.
        var read = new FutureTask<>(() -> {
            node.device(NEXUS).read(0, ByteBuffer.allocate(512));
            return true;
        });
        Thread.ofVirtual().start(read);
        passUntil(read::isDone);
        assertThat(read.get()).isTrue();
        replica(2);
    }

    /// The first 3 MiB are the pool's own, and were given room when it was made, as was its last page.
    private static Fault fullBehindTheMetadata() {
        return Fault.full().within(3 << 20, 60 << 20);
    }

    private interface Fact {
        boolean holds();
    }

    private void passUntil(Fact fact) {
        do {
            time.pass(Duration.ofSeconds(1));
            Thread.yield();
        } while (!fact.holds());
    }

    private void fault() {
        disk.faults().add(Fault.eio(Call.FORCE));
        assertThatThrownBy(() -> replica(9)).hasMessageContaining("input/output error");
        assertThat(node.pools().getFirst().status()).isEqualTo(PoolStatus.FAULTED);
    }

    private long generation() {
        Long generation = node.info().generation();
        if (generation == null) throw new AssertionError("no generation");
        return generation;
    }

    private ReplicaState replica(int number) {
        return node.createReplica(create(number, true));
    }

    private static CreateReplica create(int number, boolean thin) {
        ReplicaId uuid = new ReplicaId(new UUID(1, number));
        return new CreateReplica(
                uuid, uuid.toString(), POOL.pool(), Bytes.mib(16), thin, ShareProtocol.NVMF, List.of());
    }

    private void nexus(ReplicaState replica) {
        node.createNexus(new CreateNexus(
                NEXUS, "volume", Bytes.mib(16), NvmfConfig.ofPath(1), List.of(replica.localUri()), "key"));
    }

    private static DeviceOpener nothingElsewhere() {
        return uri -> {
            throw new IOException("there is no " + uri);
        };
    }
}
