package io.orlop.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.view.ClusterView;
import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.ManualAmbient;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.Mandate;
import io.orlop.wire.service.Provision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A store, nodes with a disk each, and a scheduler that can be crashed and started again. Time runs fast.
final class Stage implements AutoCloseable {
    static final Bytes DISK = Bytes.mib(256);
    static final NodeId N1 = new NodeId("node-1");
    static final PoolId P1 = new PoolId("pool-on-node-1");
    static final Bytes SIZE = Bytes.mib(64);

    final ManualAmbient ambient = new ManualAmbient();
    final LocalStore store = new LocalStore(ambient);
    final Map<NodeId, FakeNode> nodes = new TreeMap<>();
    final FakeRegistry registry = new FakeRegistry(nodes);
    /// What a patrol found that nobody had woken.
    final List<String> found = new CopyOnWriteArrayList<>();

    private final LoopObserver missed = new LoopObserver() {
        @Override
        public void missed(String loop, Object id) {
            found.add(loop + " " + id);
        }
    };
    private final LocalKeyspace outside = new LocalKeyspace(store, ambient);
    private final Thread clock;
    private final List<AutoCloseable> running = new ArrayList<>();
    private volatile boolean closed;
    private int copies;

    Stage(int count) {
        for (int i = 1; i <= count; i++) {
            var node = new FakeNode("node-" + i).disk("/dev/disk", DISK);
            nodes.put(node.id, node);
            label(node.id, Map.of(), List.of());
        }
        clock = Thread.ofPlatform().daemon().start(() -> {
            while (!closed) {
                ambient.advance(Duration.ofMillis(20));
                try {
                    Thread.sleep(1);
                } catch (InterruptedException _) {
                    return;
                }
            }
        });
    }

    /// As the volume is now.
    Mandate mandate(@Nullable VolumeId volume) {
        VolumeId owner = Objects.requireNonNull(volume);
        return Mandate.ofAll(
                owner,
                outside.get(Layout.DEFAULT.volumes() + owner)
                        .map(KeyValue::modRevision)
                        .orElse(0L));
    }

    PoolScheduler start() {
        return start(new Crash(0, false));
    }

    PoolScheduler start(Crash crash) {
        PoolScheduler scheduler = copy(crash);
        until("a leader in office", scheduler.owner()::isInOffice);
        return scheduler;
    }

    /// One more copy, that may follow.
    PoolScheduler copy() {
        return copy(new Crash(0, false));
    }

    private PoolScheduler copy(Crash crash) {
        Keyspace keyspace = new LocalKeyspace(store, ambient);
        var view = ClusterView.open(ambient, crash.around(keyspace), Layout.DEFAULT, registry.port());
        var leadership = new Leadership(
                ambient, outside, Layout.DEFAULT.leader("pools"), "copy-" + ++copies, Duration.ofHours(1));
        var scheduler = new PoolScheduler(
                        ambient,
                        crash.around(keyspace),
                        Layout.DEFAULT,
                        crash.around((node, _) -> node(node.name()).agent()),
                        view,
                        leadership,
                        SchedulerSettings.DEFAULT,
                        missed)
                .start();
        running.add(() -> {
            crash.die();
            view.close();
            leadership.close();
            keyspace.close();
        });
        return scheduler;
    }

    /// Ends what runs, as abruptly as a power cut; another may lead at once.
    void stop() {
        for (AutoCloseable one : running) {
            try {
                one.close();
            } catch (Exception thrown) {
                throw new AssertionError(thrown);
            }
        }
        running.clear();
    }

    PoolScheduler startWithPools() {
        PoolScheduler scheduler = start();
        nodes.keySet().forEach(node -> pool(scheduler, node));
        return scheduler;
    }

    static PoolId pool(PoolScheduler scheduler, NodeId node) {
        var pool = new PoolId("pool-on-" + node);
        scheduler.createPool(new CreatePoolSpec(pool, node, List.of("/dev/disk"), Map.of()));
        return pool;
    }

    FakeNode node(String name) {
        FakeNode node = nodes.get(new NodeId(name));
        assertThat(node).isNotNull();
        return Objects.requireNonNull(node);
    }

    /// The registry learns of it.
    void up(String name, boolean up) {
        node(name).up(up);
        registry.look(new NodeId(name));
    }

    void label(NodeId node, Map<String, String> labels, List<String> cordons) {
        put(
                Layout.DEFAULT.nodes() + node,
                JsonDocument.NODE.encode(new NodeSpec(node, node + ":1", labels, cordons, null, null)));
    }

    /// The node has registered, and comes from there.
    void comesFrom(NodeId node, String... addresses) {
        put(
                Layout.DEFAULT.nodes() + node,
                JsonDocument.NODE.encode(
                        new NodeSpec(node, node + ":1", Map.of(), List.of(), node.nqn(), null, List.of(addresses))));
    }

    static VolumeId volume(int number) {
        return VolumeId.of("00000000-0000-4000-8000-%012d".formatted(number));
    }

    /// What volume-service has written before it asks for replicas.
    VolumeId promised(int number, Bytes size, int replicas) {
        VolumeId volume = volume(number);
        var spec = VolumeSpec.promised(volume, VolumeShape.of(size, replicas));
        put(Layout.DEFAULT.volumes() + volume, JsonDocument.VOLUME.encode(spec));
        return volume;
    }

    void forget(VolumeId volume) {
        outside.commit(
                Transaction.of().delete(Layout.DEFAULT.volumes() + volume).build());
    }

    /// What a copy wrote that went no further.
    void begin(PoolId pool, SpecStatus status) {
        begin(pool, status, List.of("/dev/disk"));
    }

    void begin(PoolId pool, SpecStatus status, List<String> disks) {
        var node = new NodeId(pool.name().replaceFirst("pool-on-", ""));
        put(Layout.DEFAULT.pools() + pool, JsonDocument.POOL.encode(new PoolSpec(pool, node, disks, Map.of(), status)));
    }

    void begin(ReplicaSpec replica) {
        put(Layout.DEFAULT.replicas() + replica.uuid(), JsonDocument.REPLICA.encode(replica));
    }

    /// A replica that nobody here promised.
    void theirs(ReplicaId id) {
        node("node-1")
                .agent()
                .createReplica(new CreateReplica(id, "theirs", P1, SIZE, false, ShareProtocol.NONE, List.of()));
    }

    /// A small one, that may be named as ours are.
    void stray(ReplicaId id, String name, boolean thin) {
        node("node-1")
                .agent()
                .createReplica(new CreateReplica(id, name, P1, Bytes.mib(4), thin, ShareProtocol.NONE, List.of()));
    }

    static PoolSpec spec(Pool pool) {
        return Objects.requireNonNull(pool.spec());
    }

    static ReplicaSpec spec(Replica replica) {
        return Objects.requireNonNull(replica.spec());
    }

    static List<ReplicaId> ids(List<Replica> replicas) {
        return replicas.stream().map(Replica::uuid).toList();
    }

    static ReplicaId id(int number) {
        return ReplicaId.of("00000000-0000-4000-9000-%012d".formatted(number));
    }

    static void assertRefused(Class<? extends Refusal> refusal, Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isInstanceOf(refusal));
    }

    private void put(String key, byte[] value) {
        outside.commit(Transaction.of().put(key, value).build());
    }

    static Provision provision(VolumeId volume, int count, Bytes size) {
        return new Provision(volume, VolumeShape.of(size, count), count, List.of(), List.of(), List.of());
    }

    List<ReplicaSpec> specs() {
        return outside.load(Layout.DEFAULT.replicas()).entries().stream()
                .map(entry -> JsonDocument.REPLICA.decode(entry.value()))
                .toList();
    }

    List<ReplicaState> states() {
        return nodes.values().stream().flatMap(node -> node.replicas().stream()).toList();
    }

    /// What is promised is there, and nothing else is.
    boolean settled() {
        List<ReplicaSpec> specs = specs();
        return specs.stream().noneMatch(ReplicaSpec::dirty)
                && specs.stream()
                        .map(ReplicaSpec::uuid)
                        .sorted()
                        .toList()
                        .equals(states().stream()
                                .map(ReplicaState::uuid)
                                .sorted()
                                .toList());
    }

    void until(String what, BooleanSupplier condition) {
        long before = ambient.nanos();
        while (!condition.getAsBoolean()) {
            if (ambient.nanos() - before > Duration.ofMinutes(5).toNanos()) {
                throw new AssertionError(what + " did not come; specs " + specs() + ", on nodes " + states());
            }
            Thread.yield();
        }
    }

    /// Lets this much of its time pass.
    void pass(Duration time) {
        long begun = ambient.nanos();
        until("time", () -> ambient.nanos() - begun > time.toNanos());
    }

    Stream<FakeNode> all() {
        return nodes.values().stream();
    }

    @Override
    public void close() {
        stop();
        closed = true;
        clock.interrupt();
        store.close();
    }
}
