package io.orlop.gateway.v0;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.AllowedHost;
import io.orlop.model.AnaState;
import io.orlop.model.BlockDevice;
import io.orlop.model.Bytes;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.FrontendHost;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusShape;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.NvmfConfig;
import io.orlop.model.Pending;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.Publication;
import io.orlop.model.RebuildRecord;
import io.orlop.model.RebuildState;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOperation;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.Topology;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumePolicy;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeState;
import io.orlop.model.VolumeStatus;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.NumberedPage;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/// Services that hold one of everything: each choice of each enum, and each optional part once with and once without a
/// value. What changes something answers with what it was asked to change.
@TestConfiguration(proxyBeanMethods = false)
class ServicesOfEveryKind {
    static final NodeId NODE = new NodeId("node-1");
    static final PoolId POOL = new PoolId("pool-1");
    static final String HOST = "nqn.2019-05.io.openebs:node-name:host-1";
    static final Bytes SIZE = Bytes.mib(64);

    static final List<Node> NODES = nodes();
    static final List<Pool> POOLS = pools();
    static final List<Replica> REPLICAS = replicas();
    static final List<Nexus> NEXUSES = nexuses();
    static final List<Volume> VOLUMES = volumes();
    static final List<Refusal> REFUSALS = refusals();

    /// What the last publish asked for.
    static final AtomicReference<@Nullable PublishVolume> PUBLISHED = new AtomicReference<>();

    /// @param kind one digit for each noun
    static String uuid(int kind, int number) {
        return "%08d-0000-4000-8000-%012d".formatted(kind, number);
    }

    /// The volume that this refusal is the answer for.
    static VolumeId refusedWith(int refusal) {
        return VolumeId.of(uuid(9, refusal));
    }

    private static List<Node> nodes() {
        var all = new ArrayList<Node>();
        all.add(new Node(
                NODE,
                new NodeSpec(NODE, "10.0.0.1:10124", Map.of("zone", "a"), List.of("repair"), "nqn.node-1", "2.7.0"),
                new NodeState(NODE, "10.0.0.1:10124", NodeStatus.ONLINE, "nqn.node-1", "2.7.0", "boot-1")));
        for (NodeStatus status : NodeStatus.values()) {
            var id = new NodeId("seen-" + status.ordinal());
            all.add(new Node(id, null, new NodeState(id, "10.0.0.2:10124", status, null, null, null)));
        }
        var bare = new NodeId("promised");
        all.add(new Node(bare, new NodeSpec(bare, "10.0.0.3:10124", Map.of(), List.of(), null, null), null));
        return all;
    }

    private static List<Pool> pools() {
        var all = new ArrayList<Pool>();
        all.add(new Pool(
                POOL,
                new PoolSpec(POOL, NODE, List.of("aio:///disk"), Map.of("disk", "ssd"), SpecStatus.CREATED),
                poolState(POOL, PoolStatus.ONLINE)));
        for (PoolStatus status : PoolStatus.values()) {
            var id = new PoolId("seen-" + status.ordinal());
            all.add(new Pool(id, null, poolState(id, status)));
        }
        for (SpecStatus status : SpecStatus.values()) {
            var id = new PoolId("promised-" + status.ordinal());
            all.add(new Pool(id, new PoolSpec(id, NODE, List.of("/dev/sdb"), Map.of(), status), null));
        }
        var lost = new PoolId("lost");
        var promised = new PoolSpec(lost, NODE, List.of("aio:///lost"), Map.of(), SpecStatus.CREATED);
        all.add(new Pool(lost, promised, PoolState.refused(promised, "node node-1 cannot import it: no such file")));
        return all;
    }

    private static PoolState poolState(PoolId id, PoolStatus status) {
        return new PoolState(
                id,
                PoolUuid.of(uuid(1, 1)),
                NODE,
                List.of("aio:///disk"),
                status,
                Bytes.gib(1),
                Bytes.mib(64),
                Bytes.mib(128),
                Bytes.mib(4));
    }

    private static List<Replica> replicas() {
        var all = new ArrayList<Replica>();
        for (ReplicaStatus status : ReplicaStatus.values()) {
            for (ReplicaKind kind : ReplicaKind.values()) {
                var id = ReplicaId.of(uuid(2, all.size()));
                boolean shared = all.size() % 2 == 0;
                all.add(new Replica(
                        id,
                        replicaSpec(id, shared, SpecStatus.CREATED, null),
                        new ReplicaState(
                                id,
                                id.toString(),
                                NODE,
                                POOL,
                                PoolUuid.of(uuid(1, 1)),
                                SIZE,
                                shared,
                                shared ? ShareProtocol.NVMF : ShareProtocol.NONE,
                                "bdev:///" + id,
                                shared ? List.of("nqn.node-2") : List.of(),
                                new ReplicaSpace(SIZE, Bytes.mib(4), Bytes.mib(4), 16, 1),
                                kind,
                                status)));
            }
        }
        for (SpecStatus status : SpecStatus.values()) {
            var id = ReplicaId.of(uuid(2, all.size()));
            all.add(new Replica(id, replicaSpec(id, false, status, null), null));
        }
        for (ReplicaOperation operation : List.of(
                new ReplicaOperation.Share(List.of(AllowedHost.fromAnywhere("nqn.node-2"))),
                new ReplicaOperation.Unshare())) {
            var id = ReplicaId.of(uuid(2, all.size()));
            all.add(new Replica(
                    id,
                    replicaSpec(id, true, SpecStatus.CREATED, new Pending<>(operation, all.size() % 2 == 0)),
                    null));
        }
        return all;
    }

    private static ReplicaSpec replicaSpec(
            ReplicaId id, boolean full, SpecStatus status, @Nullable Pending<ReplicaOperation> operation) {
        return new ReplicaSpec(
                id,
                NODE,
                POOL,
                SIZE,
                full,
                full ? ShareProtocol.NVMF : ShareProtocol.NONE,
                full ? List.of(AllowedHost.fromAnywhere("nqn.node-2")) : List.of(),
                full,
                full ? new ReplicaOwners(VolumeId.of(uuid(4, 0)), List.of(NexusId.of(uuid(3, 0)))) : ReplicaOwners.NONE,
                full ? ReplicaKind.REGULAR : ReplicaKind.SNAPSHOT_CLONE,
                status,
                operation);
    }

    private static List<Nexus> nexuses() {
        var all = new ArrayList<Nexus>();
        for (NexusStatus status : NexusStatus.values()) {
            var id = NexusId.of(uuid(3, all.size()));
            all.add(new Nexus(
                    id, nexusSpec(id, all.size() % 2 == 0, SpecStatus.CREATED, null), nexusState(id, status)));
        }
        for (SpecStatus status : SpecStatus.values()) {
            var id = NexusId.of(uuid(3, all.size()));
            all.add(new Nexus(id, nexusSpec(id, false, status, null), null));
        }
        for (NexusOperation operation : List.of(
                new NexusOperation.Publish(List.of()),
                new NexusOperation.Unpublish(),
                new NexusOperation.AddChild(new NexusChild.Uri("bdev:///c")),
                new NexusOperation.RemoveChild("bdev:///c"),
                new NexusOperation.Shutdown())) {
            var id = NexusId.of(uuid(3, all.size()));
            all.add(new Nexus(id, nexusSpec(id, true, SpecStatus.CREATED, Pending.of(operation)), null));
        }
        return all;
    }

    private static NexusSpec nexusSpec(
            NexusId id, boolean full, SpecStatus status, @Nullable Pending<NexusOperation> operation) {
        return new NexusSpec(
                id,
                new NexusShape(id.toString(), NODE, SIZE, NvmfConfig.ofPath(1), full ? VolumeId.of(uuid(4, 0)) : null),
                full
                        ? List.of(
                                new NexusChild.Replica(ReplicaId.of(uuid(2, 0)), "bdev:///r"),
                                new NexusChild.Uri("nvmf+tcp://10.0.0.2:8420/nqn.x"))
                        : List.of(),
                full ? ShareProtocol.NVMF : ShareProtocol.NONE,
                List.of(),
                full,
                false,
                status,
                operation);
    }

    /// The first admits anybody, the second one host, the third two; the others are not published.
    private static NexusState nexusState(NexusId id, NexusStatus status) {
        var children = new ArrayList<ChildState>();
        for (ChildStatus child : ChildStatus.values()) {
            children.add(new ChildState("bdev:///c" + child.ordinal(), child, ChildReason.NONE, null, null));
        }
        children.add(new ChildState(
                "bdev:///full", ChildStatus.FAULTED, ChildReason.NO_SPACE, null, Instant.ofEpochSecond(1)));
        children.add(new ChildState("bdev:///rebuilt", ChildStatus.DEGRADED, ChildReason.OUT_OF_SYNC, 100, null));
        boolean published = status.ordinal() < 3;
        return new NexusState(
                id,
                id.toString(),
                NODE,
                SIZE,
                status,
                children,
                published ? "nvmf+tcp://10.0.0.1:8420/nqn.2019-05.io.openebs:" + id : "",
                1,
                AnaState.OPTIMIZED,
                List.of(HOST, HOST + "b").subList(0, published ? status.ordinal() : 0));
    }

    private static List<Volume> volumes() {
        var all = new ArrayList<Volume>();
        List<Topology> topologies = List.of(
                Topology.ANYWHERE,
                new Topology(new Topology.Nodes.Explicit(List.of(NODE), List.of()), new Topology.Pools.Any()),
                new Topology(
                        new Topology.Nodes.Labelled(Map.of("zone", "a"), Map.of("rack", ""), List.of("row")),
                        new Topology.Pools.Labelled(Map.of("disk", "ssd"), Map.of(), List.of("media"))),
                new Topology(
                        new Topology.Nodes.Labelled(Map.of(), Map.of(), List.of()),
                        new Topology.Pools.Labelled(Map.of(), Map.of(), List.of())));
        for (VolumeStatus status : VolumeStatus.values()) {
            for (SpecStatus spec : SpecStatus.values()) {
                int number = all.size();
                all.add(volume(
                        VolumeId.of(uuid(4, number)),
                        number % 2 == 0,
                        topologies.get(number % topologies.size()),
                        spec,
                        null,
                        status));
            }
        }
        for (VolumeOperation operation : List.of(
                new VolumeOperation.SetReplicas(3, null),
                new VolumeOperation.Publish(published(List.of()), List.of()),
                new VolumeOperation.Abandon(published(List.of())),
                new VolumeOperation.Replace(List.of()),
                new VolumeOperation.Unpublish())) {
            all.add(volume(
                    VolumeId.of(uuid(4, all.size())),
                    true,
                    Topology.ANYWHERE,
                    SpecStatus.CREATED,
                    new Pending<>(operation, all.size() % 2 == 0),
                    VolumeStatus.ONLINE));
        }
        return all;
    }

    private static Publication.Published published(List<FrontendHost> hosts) {
        return new Publication.Published(NODE, NexusId.of(uuid(3, 1)), ShareProtocol.NVMF, hosts, 1);
    }

    static Volume volume(
            VolumeId id,
            boolean full,
            Topology topology,
            SpecStatus status,
            @Nullable Pending<VolumeOperation> operation,
            VolumeStatus health) {
        var child = new ChildState("bdev:///r", ChildStatus.DEGRADED, ChildReason.NO_SPACE, 40, null);
        return new Volume(
                new VolumeSpec(
                        id,
                        VolumeShape.of(SIZE, 2)
                                .withThin(full)
                                .withPolicy(new VolumePolicy(full))
                                .withTopology(topology)
                                .withLabels(full ? Map.of("app", "db") : Map.of())
                                .withAffinityGroup(full ? new AffinityGroupId("group") : null)
                                .withMaxSnapshots(full ? 5 : null)
                                .withClusterSize(full ? Bytes.mib(4) : null),
                        status,
                        full ? published(List.of(new FrontendHost("host-1", HOST))) : new Publication.Unpublished(),
                        full ? NexusId.of(uuid(3, 1)) : null,
                        1,
                        operation),
                new VolumeState(
                        id,
                        SIZE,
                        health,
                        full ? nexusState(NexusId.of(uuid(3, 1)), NexusStatus.ONLINE) : null,
                        full
                                ? Map.of(
                                        ReplicaId.of(uuid(2, 0)),
                                        new VolumeState.ReplicaTopology(
                                                NODE,
                                                POOL,
                                                ReplicaStatus.ONLINE,
                                                child,
                                                new ReplicaSpace(SIZE, Bytes.mib(4), Bytes.mib(4), 16, 1)),
                                        ReplicaId.of(uuid(2, 1)),
                                        new VolumeState.ReplicaTopology(NODE, POOL, ReplicaStatus.UNKNOWN, null, null))
                                : Map.of(),
                        new VolumeState.VolumeUsage(SIZE, Bytes.mib(4), Bytes.mib(8))));
    }

    private static List<Refusal> refusals() {
        return Arrays.stream(Refusal.class.getPermittedSubclasses())
                .sorted(Comparator.comparing(Class::getSimpleName))
                .map(ServicesOfEveryKind::refusal)
                .toList();
    }

    /// Each says what is wrong and what to do first; what else it says is made up.
    private static Refusal refusal(Class<?> kind) {
        try {
            Constructor<?> made = kind.getDeclaredConstructors()[0];
            made.setAccessible(true);
            Object[] values = Arrays.stream(made.getParameterTypes())
                    .map(type -> type == String.class ? "it is as it is" : null)
                    .toArray();
            return (Refusal) made.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<RebuildRecord> rebuilds() {
        return Arrays.stream(RebuildState.values())
                .map(state -> new RebuildRecord(
                        "bdev:///c",
                        "bdev:///s",
                        state,
                        100,
                        50,
                        25,
                        50,
                        512,
                        true,
                        Instant.ofEpochSecond(1),
                        Instant.ofEpochSecond(2, 5)))
                .toList();
    }

    private static List<BlockDevice> devices() {
        return List.of(
                new BlockDevice(
                        "/dev/sda",
                        "partition",
                        8,
                        1,
                        "disk",
                        "/devices/sda",
                        List.of("/dev/disk/by-id/a"),
                        SIZE,
                        new BlockDevice.Partition("sda", 1, "p", "gpt", "linux", uuid(8, 1)),
                        new BlockDevice.FileSystem("ext4", "root", uuid(8, 2), List.of("/mnt")),
                        false,
                        "sata",
                        true),
                new BlockDevice("/dev/sdb", "disk", 8, 16, "", "", List.of(), SIZE, null, null, true, "", null));
    }

    @Bean
    @Primary
    Registry registryOfEveryKind() {
        return contract(Registry.class, (method, arguments) -> switch (method) {
            case "nodes" -> page(NODES, node -> node.id().toString(), arguments[0], arguments[1]);
            case "blockDevices" -> devices();
            default -> one(NODES, node -> node.id().equals(arguments[0]), arguments[0]);
        });
    }

    @Bean
    @Primary
    Pools poolsOfEveryKind() {
        return contract(Pools.class, (method, arguments) -> switch (method) {
            case "pools" -> page(POOLS, pool -> pool.id().toString(), arguments[0], arguments[1]);
            case "replicas" -> page(REPLICAS, replica -> replica.uuid().toString(), arguments[1], arguments[2]);
            case "createPool" -> POOLS.getFirst();
            case "createReplica" -> REPLICAS.getFirst();
            case "deletePool", "deleteReplica" -> null;
            case "replica", "shareReplica", "unshareReplica" ->
                one(REPLICAS, replica -> replica.uuid().equals(arguments[0]), arguments[0]);
            default -> one(POOLS, pool -> pool.id().equals(arguments[0]), arguments[0]);
        });
    }

    @Bean
    @Primary
    Nexuses nexusesOfEveryKind() {
        return contract(Nexuses.class, (method, arguments) -> switch (method) {
            case "nexuses" -> page(NEXUSES, nexus -> nexus.uuid().toString(), arguments[0], arguments[1]);
            case "createNexus" -> NEXUSES.getFirst();
            case "destroyNexus" -> null;
            default -> one(NEXUSES, nexus -> nexus.uuid().equals(arguments[0]), arguments[0]);
        });
    }

    @Bean
    @Primary
    Volumes volumesOfEveryKind() {
        return contract(Volumes.class, (method, arguments) -> switch (method) {
            case "volumes" -> page(VOLUMES, volume -> volume.spec().uuid().toString(), arguments[0], arguments[1]);
            case "numbered" -> numbered((int) arguments[0], (int) arguments[1]);
            case "create" -> asked(((CreateVolume) arguments[0]).volume());
            case "delete" -> {
                asked((VolumeId) arguments[0]);
                yield null;
            }
            case "publish" -> {
                PUBLISHED.set((PublishVolume) arguments[1]);
                yield asked((VolumeId) arguments[0]);
            }
            case "rebuildHistory" -> rebuilds();
            default -> asked((VolumeId) arguments[0]);
        });
    }

    private static <T> Page<T> page(List<T> all, Function<T, String> id, @Nullable Object after, Object most) {
        return Page.of(
                all.stream()
                        .sorted(Comparator.comparing(id))
                        .filter(one -> after == null || id.apply(one).compareTo(after.toString()) > 0),
                (int) most);
    }

    /// The number of a place is how many come before it.
    private static NumberedPage<Volume> numbered(int number, int most) {
        List<Volume> rest = VOLUMES.stream().skip(number).toList();
        return rest.size() > most
                ? new NumberedPage<>(rest.subList(0, most), number + most)
                : new NumberedPage<>(rest, null);
    }

    private static Volume asked(VolumeId id) {
        for (int i = 0; i < REFUSALS.size(); i++) {
            if (id.equals(refusedWith(i))) throw REFUSALS.get(i).exception();
        }
        return one(VOLUMES, volume -> volume.spec().uuid().equals(id), id);
    }

    private static <T> T one(List<T> all, Predicate<T> asked, Object id) {
        return all.stream().filter(asked).findFirst().orElseThrow(() -> new Refusal.NotFound(
                        "there is no " + id, "create it")
                .exception());
    }

    private interface Answering {
        @Nullable
        Object answer(String method, Object[] arguments);
    }

    private static <T> T contract(Class<T> contract, Answering answering) {
        return contract.cast(Proxy.newProxyInstance(
                contract.getClassLoader(),
                new Class<?>[] {contract},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    case "toString" -> contract.getSimpleName();
                    case String _ when method.isDefault() -> InvocationHandler.invokeDefault(proxy, method, arguments);
                    case String name -> answering.answer(name, arguments);
                }));
    }
}
