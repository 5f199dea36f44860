package io.orlop.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.dataplane.agent.Heartbeat;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusShape;
import io.orlop.model.NexusSpec;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NodeSpec;
import io.orlop.model.NvmfConfig;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolUuid;
import io.orlop.model.Publication;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import io.orlop.volume.VolumeSettings;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.service.Volumes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// The real services, and many nodes that only keep account. Store and agents are filled as if everything had been
/// created there.
///
/// ```
///   volume     0 … victims-1      victims … volumes-1
///   copy 0     all on node 0      round and round on the others
///   copy 1     the others; serves every other volume, as nexus of both
/// ```
final class ScaleCluster {
    private static final Bytes SIZE = Bytes.mib(16);
    private static final int KEYS_PER_TRANSACTION = 100;

    private final SeededScheduler scheduler;
    private final SimulatedNetwork network;
    private final SimulatedControlPlane control;
    private final SeededAmbient user;
    private final Map<NodeId, Life> lives = new TreeMap<>();
    private final List<NodeId> nodes = new ArrayList<>();
    private final int volumes;
    private final int victims;
    private Transaction.Builder transaction = Transaction.of();
    private int keys;

    private record Life(SeededAmbient process, LightAgent agent, Heartbeat heartbeat) {}

    /// @param nodes at least 3
    /// @param volumes of two copies each
    /// @param victims how many of them have a copy on the first node
    ScaleCluster(SeededScheduler scheduler, int nodes, int volumes, int victims, LoopObserver observer) {
        this.scheduler = scheduler;
        this.network = new SimulatedNetwork(scheduler);
        this.user = scheduler.process("user");
        this.volumes = volumes;
        this.victims = victims;
        this.control = new SimulatedControlPlane(
                scheduler,
                network,
                1,
                LoopSettings.named("loop"),
                VolumeSettings.DEFAULT.withFaultedChildWait(Duration.ofSeconds(15)),
                (node, _) -> Optional.ofNullable(lives.get(node))
                        .map(life -> new SimulatedNetwork.Served<>(life.process(), life.agent())),
                observer);
        for (int n = 0; n < nodes; n++) this.nodes.add(new NodeId("node-" + n));
    }

    /// Fills store and agents, and starts everybody.
    ScaleCluster boot() throws Exception {
        Keyspace keyspace = network.keyspace(user);
        for (int n = 0; n < nodes.size(); n++) {
            SeededAmbient process = scheduler.process(nodes.get(n) + "#1");
            Keyspace own = network.keyspace(process);
            var agent = new LightAgent(
                    nodes.get(n), nodes.get(n) + ":10124", process.toString(), process, new SimulatedInfoStore(own));
            agent.load(pool(n), new PoolUuid(uuid("pool " + n)), disk(n));
            var heartbeat = new Heartbeat(agent::info, control.registration(process), process);
            agent.onNews(heartbeat::news);
            lives.put(nodes.get(n), new Life(process, agent, heartbeat));
        }
        scheduler.call(user, () -> {
            fill(keyspace);
            return null;
        });
        control.services().forEach(service -> service.copies().forEach(SimulatedCopy::start));
        lives.values().forEach(life -> life.heartbeat().start());
        return this;
    }

    boolean inOffice() {
        return control.services().stream().allMatch(service -> service.countInOffice() == 1);
    }

    void settle(Duration time) {
        scheduler.runFor(time);
    }

    Volumes volumes() {
        return control.volumes(user);
    }

    <T extends @Nullable Object> T asUser(Callable<T> work) throws Exception {
        return scheduler.call(user, work);
    }

    /// The first node dies, and whoever writes to its replicas sees it at once.
    void loseFirstNode() {
        Life lost = requireNonNull(lives.remove(nodes.getFirst()));
        lost.process().crash();
        network.crashed(lost.process());
        Set<ReplicaId> gone = new TreeSet<>();
        for (int v = 0; v < victims; v++) gone.add(replica(v, 0));
        lives.values().forEach(life -> life.process()
                .start("an error", () -> life.agent().lose(gone)));
    }

    int victims() {
        return victims;
    }

    /// Whether somebody serves it.
    boolean served(int volume) {
        return volume % 2 == 0;
    }

    /// Whatever belongs to a volume that lost a copy: itself, its copies that were and are, its nexuses.
    Set<String> affected() {
        var volumes = new TreeSet<String>();
        for (int v = 0; v < victims; v++) volumes.add(volume(v).toString());
        var all = new TreeSet<>(volumes);
        for (int v = 0; v < victims; v++) {
            all.add(replica(v, 0).toString());
            all.add(replica(v, 1).toString());
            all.add(nexus(v).toString());
        }
        network.store().dump().stream()
                .filter(entry -> entry.key().startsWith(Layout.DEFAULT.replicas()))
                .map(entry -> JsonDocument.REPLICA.decode(entry.value()))
                .filter(spec -> spec.owners().volume() != null
                        && volumes.contains(spec.owners().volume().toString()))
                .forEach(spec -> all.add(spec.uuid().toString()));
        return all;
    }

    static VolumeId volume(int v) {
        return new VolumeId(uuid("volume " + v));
    }

    private static ReplicaId replica(int v, int copy) {
        return new ReplicaId(uuid("replica " + v + "/" + copy));
    }

    private static NexusId nexus(int v) {
        return new NexusId(uuid("nexus " + v));
    }

    private static PoolId pool(int n) {
        return new PoolId("pool-" + n);
    }

    private static String disk(int n) {
        return "malloc:///pool-" + n;
    }

    private static UUID uuid(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(UTF_8));
    }

    private int place(int v, int copy) {
        int others = nodes.size() - 1;
        if (v < victims) return copy == 0 ? 0 : 1 + v % others;
        int shift = 1 + v / others % (others - 1);
        return 1 + (copy == 0 ? v : v + shift) % others;
    }

    private String nqn(int n) {
        return requireNonNull(agent(n).info().nqn());
    }

    private LightAgent agent(int n) {
        return requireNonNull(lives.get(nodes.get(n))).agent();
    }

    private void fill(Keyspace keyspace) {
        Layout layout = Layout.DEFAULT;
        for (int n = 0; n < nodes.size(); n++) {
            NodeRegistration node = agent(n).info();
            put(
                    keyspace,
                    layout.nodes() + node.id(),
                    JsonDocument.NODE.encode(new NodeSpec(
                            node.id(), node.grpcEndpoint(), Map.of(), List.of(), node.nqn(), node.version())));
            put(
                    keyspace,
                    layout.pools() + pool(n),
                    JsonDocument.POOL.encode(
                            new PoolSpec(pool(n), nodes.get(n), List.of(disk(n)), Map.of(), SpecStatus.CREATED)));
        }
        for (int v = 0; v < volumes; v++) fill(keyspace, layout, v);
        flush(keyspace);
    }

    private void fill(Keyspace keyspace, Layout layout, int v) {
        boolean served = served(v);
        int target = place(v, 1);
        var children = new ArrayList<NexusChild>();
        for (int copy = 0; copy < 2; copy++) {
            int n = place(v, copy);
            ShareProtocol share = served && n != target ? ShareProtocol.NVMF : ShareProtocol.NONE;
            List<AllowedHost> hosts =
                    share == ShareProtocol.NVMF ? List.of(AllowedHost.fromAnywhere(nqn(target))) : List.of();
            ReplicaId id = replica(v, copy);
            String uri = agent(n).load(new CreateReplica(id, id.toString(), pool(n), SIZE, true, share, hosts))
                    .uri();
            children.add(new NexusChild.Replica(id, uri));
            put(
                    keyspace,
                    layout.replicas() + id,
                    JsonDocument.REPLICA.encode(new ReplicaSpec(
                            id,
                            nodes.get(n),
                            pool(n),
                            SIZE,
                            true,
                            share,
                            hosts,
                            true,
                            ReplicaOwners.of(volume(v)),
                            ReplicaKind.REGULAR,
                            SpecStatus.CREATED,
                            null)));
        }
        var shape = VolumeShape.of(SIZE, 2).withThin(true);
        VolumeSpec spec = VolumeSpec.promised(volume(v), shape).withStatus(SpecStatus.CREATED);
        if (served) {
            String info = layout.nexusInfos() + NexusInfoKey.of(volume(v), nexus(v));
            NvmfConfig nvmf = NvmfConfig.ofPath(1);
            agent(target)
                    .load(new CreateNexus(
                            nexus(v),
                            volume(v).toString(),
                            SIZE,
                            nvmf,
                            children.stream().map(NexusChild::uri).toList(),
                            info));
            var nexus = NexusSpec.promised(
                            nexus(v),
                            new NexusShape(volume(v).toString(), nodes.get(target), SIZE, nvmf, volume(v)),
                            children)
                    .withStatus(SpecStatus.CREATED)
                    .after(new NexusOperation.Publish(List.of()));
            put(keyspace, layout.nexuses() + nexus(v), JsonDocument.NEXUS.encode(nexus));
            put(
                    keyspace,
                    info,
                    JsonDocument.NEXUS_INFO.encode(new NexusInfo(
                            false,
                            List.of(
                                    new NexusInfo.Child(replica(v, 0), true),
                                    new NexusInfo.Child(replica(v, 1), true)))));
            spec = new VolumeSpec(
                    volume(v),
                    shape,
                    SpecStatus.CREATED,
                    new Publication.Published(nodes.get(target), nexus(v), ShareProtocol.NVMF, List.of(), 1),
                    nexus(v),
                    1,
                    null);
        }
        put(keyspace, layout.volumes() + volume(v), JsonDocument.VOLUME.encode(spec));
    }

    private void put(Keyspace keyspace, String key, byte[] value) {
        transaction.put(key, value);
        if (++keys == KEYS_PER_TRANSACTION) flush(keyspace);
    }

    private void flush(Keyspace keyspace) {
        if (keys == 0) return;
        if (!(keyspace.commit(transaction.build()) instanceof Commit.Committed)) {
            throw new IllegalStateException("the store did not take what it is to be filled with");
        }
        transaction = Transaction.of();
        keys = 0;
    }
}
