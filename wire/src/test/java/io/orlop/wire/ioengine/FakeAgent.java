package io.orlop.wire.ioengine;

import io.orlop.model.AllowedHost;
import io.orlop.model.AnaState;
import io.orlop.model.BlockDevice;
import io.orlop.model.Bytes;
import io.orlop.model.ChildAction;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.RebuildRecord;
import io.orlop.model.RebuildState;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Has one of everything, notes what it is asked, and refuses what it is told to refuse.
class FakeAgent implements Agent {
    static final NodeId NODE = new NodeId("node-1");
    static final PoolState POOL = new PoolState(
            new PoolId("pool-1"),
            PoolUuid.of("5b1c1e9c-1111-4d2b-9a58-0f1c5d3f2a01"),
            NODE,
            List.of("aio:///var/pool-1.img?uuid=5b1c1e9c-2222-4d2b-9a58-0f1c5d3f2a01"),
            PoolStatus.DEGRADED,
            Bytes.gib(10),
            Bytes.gib(2),
            Bytes.gib(3),
            Bytes.mib(4));
    static final ReplicaState REPLICA = new ReplicaState(
            ReplicaId.of("5b1c1e9c-3333-4d2b-9a58-0f1c5d3f2a01"),
            "replica",
            NODE,
            POOL.id(),
            POOL.uuid(),
            Bytes.gib(1),
            true,
            ShareProtocol.NVMF,
            "nvmf+tcp://10.0.0.1:8420/nqn.2019-05.io.openebs:replica?uuid=5b1c1e9c-3333-4d2b-9a58-0f1c5d3f2a01",
            List.of("nqn.2019-05.io.openebs:node-name:node-2"),
            new ReplicaSpace(Bytes.gib(1), Bytes.mib(8), Bytes.mib(4), 256, 2),
            ReplicaKind.SNAPSHOT_CLONE,
            ReplicaStatus.ONLINE);
    static final NexusState NEXUS = new NexusState(
            NexusId.of("5b1c1e9c-4444-4d2b-9a58-0f1c5d3f2a01"),
            "volume",
            NODE,
            Bytes.gib(1),
            NexusStatus.SHUTTING_DOWN,
            List.of(
                    new ChildState("bdev:///replica?uuid=1", ChildStatus.ONLINE, ChildReason.NONE, null, null),
                    new ChildState(
                            "nvmf+tcp://10.0.0.2:8420/nqn?uuid=2",
                            ChildStatus.DEGRADED,
                            ChildReason.OUT_OF_SYNC,
                            40,
                            Instant.ofEpochSecond(1_700_000_000, 5))),
            "nvmf+tcp://10.0.0.1:8420/nqn.2019-05.io.openebs:volume",
            1,
            AnaState.CHANGE,
            List.of("nqn.2014-08.org.nvmexpress:host"),
            Bytes.mib(59));
    static final BlockDevice DEVICE = new BlockDevice(
            "/dev/sdb1",
            "partition",
            8,
            17,
            "QEMU HARDDISK",
            "/devices/pci0000:00/block/sdb",
            List.of("/dev/disk/by-id/sdb"),
            Bytes.gib(20),
            new BlockDevice.Partition("/dev/sdb", 1, "data", "gpt", "0fc63daf", "5b1c"),
            new BlockDevice.FileSystem("ext4", "data", "77aa", List.of("/mnt")),
            false,
            "ata",
            true);
    static final RebuildRecord REBUILD = new RebuildRecord(
            "nvmf+tcp://10.0.0.2:8420/nqn?uuid=2",
            "bdev:///replica?uuid=1",
            RebuildState.COMPLETED,
            100,
            90,
            80,
            10,
            512,
            false,
            Instant.ofEpochSecond(1_700_000_000),
            Instant.ofEpochSecond(1_700_000_060));
    static final NodeRegistration INFO = new NodeRegistration(
            NODE,
            "10.0.0.1:10124",
            "5b1c1e9c-5555-4d2b-9a58-0f1c5d3f2a01",
            "nqn.2019-05.io.openebs:node-name:node-1",
            "0.1.0");

    final List<Object> asked = new ArrayList<>();

    @Nullable
    Refusal refusal;

    record Asked(String what, Object... with) {
        @Override
        public String toString() {
            return what + List.of(with);
        }
    }

    private <T> T answer(T answer, String what, Object... with) {
        if (refusal != null) throw refusal.exception();
        asked.add(new Asked(what, with).toString());
        return answer;
    }

    @Override
    public NodeRegistration info() {
        return answer(INFO, "info");
    }

    @Override
    public List<BlockDevice> blockDevices(boolean all) {
        return answer(List.of(DEVICE), "blockDevices", all);
    }

    @Override
    public List<PoolState> pools() {
        return List.of(POOL);
    }

    @Override
    public PoolState createPool(CreatePool request) {
        return answer(POOL, "createPool", request);
    }

    @Override
    public PoolState importPool(CreatePool request) {
        return answer(POOL, "importPool", request);
    }

    @Override
    public void destroyPool(PoolId pool) {
        answer(POOL, "destroyPool", pool);
    }

    @Override
    public List<ReplicaState> replicas() {
        return List.of(REPLICA);
    }

    @Override
    public ReplicaState createReplica(CreateReplica request) {
        return answer(REPLICA, "createReplica", request);
    }

    @Override
    public void destroyReplica(ReplicaId replica, PoolId pool) {
        answer(REPLICA, "destroyReplica", replica, pool);
    }

    @Override
    public ReplicaState shareReplica(ReplicaId replica, List<AllowedHost> hosts) {
        return answer(REPLICA, "shareReplica", replica, hosts);
    }

    @Override
    public ReplicaState unshareReplica(ReplicaId replica) {
        return answer(REPLICA, "unshareReplica", replica);
    }

    @Override
    public List<NexusState> nexuses() {
        return List.of(NEXUS);
    }

    @Override
    public NexusState createNexus(CreateNexus request) {
        return answer(NEXUS, "createNexus", request);
    }

    @Override
    public void destroyNexus(NexusId nexus) {
        answer(NEXUS, "destroyNexus", nexus);
    }

    @Override
    public NexusState shutdownNexus(NexusId nexus) {
        return answer(NEXUS, "shutdownNexus", nexus);
    }

    @Override
    public NexusState publishNexus(NexusId nexus, ShareProtocol protocol, List<String> hosts) {
        return answer(NEXUS, "publishNexus", nexus, protocol, hosts);
    }

    @Override
    public NexusState unpublishNexus(NexusId nexus) {
        return answer(NEXUS, "unpublishNexus", nexus);
    }

    @Override
    public NexusState addChild(NexusId nexus, String uri, boolean withoutRebuild) {
        return answer(NEXUS, "addChild", nexus, uri, withoutRebuild);
    }

    @Override
    public NexusState removeChild(NexusId nexus, String uri) {
        return answer(NEXUS, "removeChild", nexus, uri);
    }

    @Override
    public NexusState actOnChild(NexusId nexus, String uri, ChildAction action) {
        return answer(NEXUS, "actOnChild", nexus, uri, action);
    }

    @Override
    public List<RebuildRecord> rebuildHistory(NexusId nexus) {
        return answer(List.of(REBUILD), "rebuildHistory", nexus);
    }
}
