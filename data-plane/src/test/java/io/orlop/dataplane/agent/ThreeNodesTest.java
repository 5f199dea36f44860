package io.orlop.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.network.Network;
import io.orlop.dataplane.nexus.MemoryInfoStore;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.ChildState;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NvmfConfig;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three real nodes in one process: files as disks, NVMe/TCP on loopback between them and from the host.
@Timeout(120)
class ThreeNodesTest {
    private static final String VOLUME = "5f0d3a30-0000-4000-8000-000000000001";
    private static final NexusId NEXUS = NexusId.of("5f0d3a30-0000-4000-8000-0000000000aa");
    private static final String HOST = "nqn.2019-05.io.openebs:host";
    private static final Bytes SIZE = Bytes.mib(16);

    @TempDir
    Path folder;

    private final Map<Integer, RunningNode> nodes = new TreeMap<>();
    private final MemoryInfoStore infos = new MemoryInfoStore();
    private final List<BlockDevice> connected = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (BlockDevice device : connected) device.close();
        for (RunningNode node : nodes.values()) node.close();
    }

    @Test
    void aVolumeOutlivesTheNodeOfACopyAndTheNodeOfItsTarget() throws Exception {
        for (int i = 1; i <= 3; i++) start(i);
        ReplicaState one = replica(1, ShareProtocol.NONE);
        ReplicaState two = replica(2, ShareProtocol.NVMF);
        NexusState nexus = nexus(1, List.of(one.uri(), two.uri()));
        assertThat(nexus.deviceUri()).contains("/nqn.2019-05.io.openebs:" + VOLUME);
        BlockDevice host = connect(nexus.deviceUri());
        byte[] content = new byte[(int) host.size()];
        new Random(1).nextBytes(content);
        host.write(0, ByteBuffer.wrap(content));
        assertThat(read(host)).isEqualTo(content);

        node(2).kill();
        nodes.remove(2);
        new Random(2).nextBytes(content);
        host.write(0, ByteBuffer.wrap(content));
        assertThat(state(1).status()).isEqualTo(NexusStatus.DEGRADED);
        assertThat(healthOnRecord()).containsExactly(true, false);

        ReplicaState three = replica(3, ShareProtocol.NVMF);
        agent(1).addChild(NEXUS, three.uri(), false);
        agent(1).removeChild(NEXUS, two.uri());
        while (state(1).children().stream().anyMatch(ChildState::rebuilding)) Thread.yield();
        assertThat(state(1).status()).isEqualTo(NexusStatus.ONLINE);
        // The record follows: until it does, it says less than is true.
        while (healthOnRecord().contains(false)) Thread.yield();
        assertThat(healthOnRecord()).containsExactly(true, true);

        agent(1).destroyNexus(NEXUS);
        assertThat(onRecord().cleanShutdown()).isTrue();
        NexusState moved = nexus(3, List.of(three.localUri()));
        assertThat(read(connect(moved.deviceUri()))).isEqualTo(content);
    }

    @Test
    void aKilledNodeHasItsReplicasAgainAndSharedWhenItsPoolIsImported() throws Exception {
        start(1);
        ReplicaState replica = replica(1, ShareProtocol.NVMF);
        BlockDevice host = connect(replica.uri());
        byte[] content = new byte[(int) host.size()];
        new Random(3).nextBytes(content);
        host.write(0, ByteBuffer.wrap(content));
        int port = node(1).nvmePort();
        String instance = agent(1).info().instance();

        node(1).kill();
        nodes.remove(1);
        start(1, port);
        assertThat(agent(1).info().instance()).isNotEqualTo(instance);
        assertThat(agent(1).replicas()).isEmpty();
        refuses(Refusal.Unavailable.class, () -> agent(1).destroyReplica(replica.uuid(), pool(1)));
        agent(1).importPool(new CreatePool(pool(1), List.of(disk(1).toString())));
        assertThat(agent(1).replicas()).containsExactly(replica);
        assertThat(read(connect(replica.uri()))).isEqualTo(content);
        agent(1).destroyReplica(replica.uuid(), pool(1));
        refuses(Refusal.NotFound.class, () -> agent(1).destroyReplica(replica.uuid(), pool(1)));
        assertThat(agent(1).pools().getFirst().used()).isEqualTo(Bytes.ZERO);
    }

    @Test
    void onlyAllowedHostsConnect() throws Exception {
        start(1);
        ReplicaState replica = replica(1, ShareProtocol.NVMF);
        agent(1).shareReplica(replica.uuid(), List.of(AllowedHost.fromAnywhere("nqn.somebody")));
        assertThatThrownBy(() -> connect(replica.uri())).isInstanceOf(IOException.class);
        agent(1).shareReplica(replica.uuid(), AllowedHost.fromAnywhere(List.of("nqn.somebody", HOST)));
        connect(replica.uri());
        assertThat(agent(1).unshareReplica(replica.uuid()).uri()).isEqualTo(replica.localUri());
        assertThatThrownBy(() -> connect(replica.uri())).isInstanceOf(IOException.class);
    }

    @Test
    void whoClaimsANodesNameFromElsewhereIsRefusedAndStaysSoOverARestart() throws Exception {
        start(1);
        start(2);
        ReplicaState replica = replica(1, ShareProtocol.NVMF);
        NodeRegistration nexusNode = agent(2).info();
        assertThat(nexusNode.addresses()).contains("127.0.0.1");
        String claimed = nexusNode.id().nqn();

        agent(1).shareReplica(replica.uuid(), List.of(new AllowedHost(claimed, nexusNode.addresses())));
        connect(claimed, replica.uri());
        agent(1).shareReplica(replica.uuid(), List.of(new AllowedHost(claimed, List.of("10.9.9.9"))));
        assertThatThrownBy(() -> connect(claimed, replica.uri())).hasMessageContaining("84");
        assertThat(agent(1).replicas().getFirst().hosts()).containsExactly(claimed);

        int port = node(1).nvmePort();
        node(1).kill();
        nodes.remove(1);
        start(1, port);
        agent(1).importPool(new CreatePool(pool(1), List.of(disk(1).toString())));
        assertThatThrownBy(() -> connect(claimed, replica.uri())).hasMessageContaining("84");
    }

    @Test
    void refusalsAreOfTheKindThatControlPlanesKnow() throws Exception {
        start(1);
        Agent agent = agent(1);
        refuses(Refusal.NotFound.class, () -> agent.createPool(new CreatePool(new PoolId("p"), List.of("/no/such"))));
        refuses(Refusal.Invalid.class, () -> agent.createPool(new CreatePool(new PoolId("p"), List.of())));
        refuses(Refusal.Invalid.class, () -> agent.createPool(new CreatePool(new PoolId("p"), List.of("foo:///bar"))));
        refuses(
                Refusal.Invalid.class,
                () -> agent.createPool(
                        new CreatePool(new PoolId("p"), List.of("malloc:///m?num_blocks=9223372036854775807"))));
        refuses(
                Refusal.Invalid.class,
                () -> agent.createPool(new CreatePool(new PoolId("p"), List.of(folder.toString()))));
        String disk = disk(1).toString();
        refuses(Refusal.AlreadyExists.class, () -> agent.createPool(new CreatePool(pool(1), List.of(disk))));
        refuses(Refusal.Invalid.class, () -> agent.createPool(new CreatePool(new PoolId("p"), List.of(disk))));
        refuses(
                Refusal.Invalid.class,
                () -> agent.createPool(new CreatePool(pool(1), List.of("malloc:///m?size_mb=64"))));
        refuses(Refusal.NotFound.class, () -> agent.destroyPool(new PoolId("p")));

        ReplicaState replica = replica(1, ShareProtocol.NONE);
        refuses(Refusal.AlreadyExists.class, () -> replica(1, ShareProtocol.NONE));
        refuses(Refusal.FailedPrecondition.class, () -> create(1, new PoolId("p"), 7, SIZE));
        refuses(Refusal.Invalid.class, () -> create(1, pool(1), 7, Bytes.gib(1)));
        refuses(Refusal.OutOfCapacity.class, () -> create(1, pool(1), 7, Bytes.mib(56)));
        refuses(Refusal.NotFound.class, () -> agent.shareReplica(new ReplicaId(new UUID(1, 1)), List.of()));

        refuses(Refusal.NotFound.class, () -> agent.destroyNexus(NEXUS));
        refuses(Refusal.Invalid.class, () -> nexus(1, List.of("bdev:///gone?uuid=" + new UUID(1, 1))));
        nexus(1, List.of(replica.uri()));
        refuses(Refusal.AlreadyExists.class, () -> nexus(1, List.of(replica.uri())));
        refuses(Refusal.Invalid.class, () -> agent.publishNexus(NEXUS, ShareProtocol.ISCSI, List.of()));
        agent.shutdownNexus(NEXUS);
        assertThat(state(1).status()).isEqualTo(NexusStatus.SHUTDOWN);
        agent.destroyNexus(NEXUS);
        assertThat(agent.nexuses()).isEmpty();
    }

    @Test
    void aReplicaThatANexusUsesIsNeitherDestroyedNorGivenToAnother() throws Exception {
        start(1);
        Agent agent = agent(1);
        ReplicaState replica = replica(1, ShareProtocol.NVMF);
        create(1, pool(1), 7, SIZE);
        NexusId second = NexusId.of("5f0d3a30-0000-4000-8000-0000000000bb");
        String other = "bdev:///seven?uuid=" + new UUID(5, 7);
        nexus(1, List.of(replica.localUri()));

        refuses(Refusal.InUse.class, () -> agent.destroyReplica(replica.uuid(), pool(1)));
        refuses(Refusal.InUse.class, () -> agent.destroyPool(pool(1)));
        refuses(Refusal.Invalid.class, () -> nexus(second, List.of(replica.uri())));
        nexus(second, List.of(other));
        refuses(Refusal.Invalid.class, () -> agent.addChild(second, replica.uri(), false));
        agent.destroyNexus(second);

        agent.shutdownNexus(NEXUS);
        agent.destroyReplica(replica.uuid(), pool(1));
        agent.destroyPool(pool(1));
    }

    private void nexus(NexusId nexus, List<String> children) {
        agent(1).createNexus(new CreateNexus(nexus, nexus.toString(), SIZE, NvmfConfig.ofPath(1), children, "second"));
    }

    @Test
    void aDiskThatAnotherNodeUsesIsRefused() throws Exception {
        start(1);
        start(2, 0);
        refuses(Refusal.FailedPrecondition.class, () -> agent(2).createPool(
                        new CreatePool(pool(2), List.of(disk(1).toString()))));
    }

    private void start(int number) throws IOException {
        start(number, 0);
        try (RandomAccessFile raw = new RandomAccessFile(disk(number).toFile(), "rw")) {
            raw.setLength(64 << 20);
        }
        agent(number)
                .createPool(new CreatePool(pool(number), List.of(disk(number).toString())));
    }

    private void start(int number, int port) throws IOException {
        nodes.put(
                number,
                RunningNode.start(
                        new NodeSettings(new NodeId("node-" + number), "127.0.0.1:1", "127.0.0.1", port, null),
                        infos,
                        Ambient.system()));
    }

    private RunningNode node(int number) {
        RunningNode node = nodes.get(number);
        if (node == null) throw new AssertionError("node " + number + " is not running");
        return node;
    }

    private Agent agent(int number) {
        return node(number).agent();
    }

    private static PoolId pool(int number) {
        return new PoolId("pool-" + number);
    }

    private Path disk(int number) {
        return folder.resolve("disk-" + number);
    }

    private ReplicaState replica(int number, ShareProtocol share) {
        ReplicaId uuid = new ReplicaId(new UUID(5, number));
        return agent(number)
                .createReplica(new CreateReplica(
                        uuid, uuid.toString(), pool(number), SIZE, number % 2 == 0, share, List.of()));
    }

    private void create(int node, PoolId pool, int number, Bytes size) {
        ReplicaId uuid = new ReplicaId(new UUID(5, number));
        agent(node)
                .createReplica(
                        new CreateReplica(uuid, uuid.toString(), pool, size, false, ShareProtocol.NONE, List.of()));
    }

    private NexusState nexus(int number, List<String> children) {
        agent(number).createNexus(new CreateNexus(NEXUS, VOLUME, SIZE, NvmfConfig.ofPath(number), children, "key"));
        return agent(number).publishNexus(NEXUS, ShareProtocol.NVMF, List.of(HOST));
    }

    private NexusState state(int number) {
        return agent(number).nexuses().getFirst();
    }

    private List<Boolean> healthOnRecord() {
        return onRecord().children().stream().map(NexusInfo.Child::healthy).toList();
    }

    private NexusInfo onRecord() {
        NexusInfo info = infos.at("key");
        if (info == null) throw new AssertionError("nothing on record");
        return info;
    }

    private BlockDevice connect(String uri) throws IOException {
        return connect(HOST, uri);
    }

    private BlockDevice connect(String host, String uri) throws IOException {
        BlockDevice device = new NvmeOpener(host, Network.tcp(), Ambient.system()).open(uri);
        connected.add(device);
        return device;
    }

    private static byte[] read(BlockDevice device) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) device.size());
        device.read(0, buffer);
        return buffer.array();
    }

    private static void refuses(Class<? extends Refusal> kind, Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOf(RefusalException.class)
                .satisfies(e -> assertThat(((RefusalException) e).refusal()).isInstanceOf(kind));
    }
}
