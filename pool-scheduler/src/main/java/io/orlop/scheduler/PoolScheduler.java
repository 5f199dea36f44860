package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.leadership.Office;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.observed.ObservedCluster;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Writes;
import io.orlop.model.Labels;
import io.orlop.model.NodeObservation;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaOperation;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.VolumeId;
import io.orlop.model.ambient.Ambient;
import io.orlop.scheduler.placement.PlacementPolicy;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.CreateReplicaSpec;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Provision;
import io.orlop.wire.service.ReplicasOf;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The service, built from its ports: nothing here knows what it runs in.
///
/// ```
///   Pools ──► PoolCreation, PoolDeletion ────────────────┬──► tables ──► keyspace
///         ──► Provisioning ──► placement, Reservations   │
///         ──► ReplicaCreation, -Sharing, -Deletion ──────┴──► hands  ──► agents
///                        ▲
///   watches, timers ──► PoolReconciler, ReplicaReconciler ◄── Sight ◄── what is observed
/// ```
public final class PoolScheduler implements Pools, AutoCloseable {
    private final Leadership leadership;
    private final Tables tables;
    private final Guards guards;
    private final FencedWriter writer;
    private final ReplicaBook book;
    private final Sight sight;
    private final PoolCreation poolCreation;
    private final PoolDeletion poolDeletion;
    private final Provisioning provisioning;
    private final ReplicaCreation replicaCreation;
    private final ReplicaDeletion replicaDeletion;
    private final ReplicaSharing replicaSharing;
    private final List<ReconcileLoop<?>> loops;
    private final Office office;

    /// @param cluster what the nodes report; stays the caller's
    /// @param leadership not started yet: [#start()] does it
    public PoolScheduler(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Agents agents,
            ObservedCluster cluster,
            Leadership leadership,
            SchedulerSettings settings,
            LoopObserver observer) {
        this.leadership = leadership;
        this.tables = Tables.open(ambient, keyspace, layout);
        this.guards = new Guards(ambient);
        this.writer = new FencedWriter(keyspace, leadership::fence);
        this.book = new ReplicaBook(tables, writer);
        this.sight = new Sight(ambient, cluster);
        var poolHands = new PoolHands(agents);
        var replicaHands = new ReplicaHands(agents);
        var reservations = new Reservations(tables.replicas());
        var policy = new PlacementPolicy(settings.commitment());
        var surveyor = new Surveyor(tables, sight, settings.commitment());
        this.poolCreation = new PoolCreation(guards, tables, writer, poolHands, sight);
        this.poolDeletion = new PoolDeletion(guards, tables, writer, poolHands, reservations, sight);
        this.replicaDeletion = new ReplicaDeletion(ambient, guards, book, replicaHands, sight);
        this.replicaSharing = new ReplicaSharing(guards, book, replicaHands, sight);
        this.replicaCreation = new ReplicaCreation(
                guards, tables, book, replicaHands, replicaDeletion, reservations, policy, surveyor, sight);
        this.provisioning = new Provisioning(
                ambient, guards, tables, book, replicaHands, replicaDeletion, reservations, policy, surveyor, sight);

        var pools = new PoolReconciler(guards, tables, poolCreation, poolDeletion, poolHands, sight);
        var replicas =
                new ReplicaReconciler(guards, tables, book, replicaHands, replicaDeletion, replicaSharing, sight);
        var poolLoop = new ReconcileLoop<>(
                ambient,
                LoopSettings.named("pools").every(settings.period()),
                pools,
                pools::dirty,
                keyspace::online,
                observer);
        var replicaLoop = new ReconcileLoop<>(
                ambient,
                LoopSettings.named("replicas").every(settings.period()),
                replicas,
                replicas::dirty,
                keyspace::online,
                observer);
        this.loops = List.of(poolLoop, replicaLoop);
        tables.pools().listen(poolLoop::wake);
        tables.replicas().listen(replicaLoop::wake);
        tables.volumes().listen(volume -> wakeOrphans(replicaLoop, volume));
        cluster.listen(node -> {
            pools.dirtyOn(node).forEach(poolLoop::wake);
            replicas.dirtyOn(node).forEach(replicaLoop::wake);
        });
        this.office = Office.of(ambient, leadership, tables.all(), loops);
    }

    private void wakeOrphans(ReconcileLoop<ReplicaId> loop, VolumeId volume) {
        if (tables.volumes().get(volume).isPresent()) return;
        tables.ownedBy(volume).forEach(replica -> loop.wake(replica.uuid()));
    }

    public PoolScheduler start() {
        loops.forEach(ReconcileLoop::start);
        leadership.start();
        return this;
    }

    /// Whether this copy answers.
    public boolean isLeading() {
        return office.isTaken();
    }

    @Override
    public void close() {
        loops.forEach(ReconcileLoop::close);
        leadership.close();
        tables.all().forEach(table -> table.close());
    }

    @Override
    public Page<Pool> pools(@Nullable PoolId after, int most) {
        return Page.of(
                allPools().values().stream()
                        .filter(pool -> after == null || pool.id().compareTo(after) > 0),
                most);
    }

    private Map<PoolId, Pool> allPools() {
        var all = new TreeMap<PoolId, Pool>();
        for (PoolSpec spec : tables.pools().values()) all.put(spec.id(), new Pool(spec.id(), spec, null));
        for (NodeObservation node : sight.nodes().values()) {
            for (PoolState state : node.pools()) {
                Pool promised = all.get(state.id());
                PoolSpec spec = promised == null ? null : promised.spec();
                // Another node's pool of the same name is not this one.
                if (spec != null && !spec.node().equals(state.node())) continue;
                all.put(state.id(), new Pool(state.id(), spec, state));
            }
        }
        return all;
    }

    @Override
    public Pool pool(PoolId pool) {
        Pool found = allPools().get(pool);
        if (found == null) throw new Refusal.NotFound("there is no pool " + pool, "list the pools").exception();
        return found;
    }

    @Override
    public Pool createPool(CreatePoolSpec request) {
        requireLeading();
        return poolCreation.create(request);
    }

    @Override
    public void deletePool(PoolId pool) {
        requireLeading();
        poolDeletion.delete(pool);
    }

    @Override
    public Pool labelPool(PoolId pool, Map<String, String> labels, boolean overwrite) {
        return change(pool, spec -> spec.withLabels(Labels.with("pool " + pool, spec.labels(), labels, overwrite)));
    }

    @Override
    public Pool unlabelPool(PoolId pool, String key) {
        return change(pool, spec -> spec.withLabels(Labels.without("pool " + pool, spec.labels(), key)));
    }

    private Pool change(PoolId pool, UnaryOperator<PoolSpec> change) {
        requireLeading();
        try (Guard _ = guards.acquire(Guarded.of(pool))) {
            Stored<PoolSpec> seen = tables.pools()
                    .get(pool)
                    .orElseThrow(() -> new Refusal.NotFound("there is no pool " + pool, "list the pools").exception());
            PoolSpec after = change.apply(seen.value());
            if (!after.equals(seen.value())) writer.commit(new Writes().replace(tables.pools(), pool, seen, after));
            return pool(pool);
        }
    }

    @Override
    public Page<Replica> replicas(ReplicasOf which, @Nullable ReplicaId after, int most) {
        return Page.of(
                allReplicas()
                        .filter(replica -> after == null || replica.uuid().compareTo(after) > 0)
                        .filter(replica -> isOf(which, replica)),
                most);
    }

    private static boolean isOf(ReplicasOf which, Replica replica) {
        ReplicaSpec spec = replica.spec();
        ReplicaState state = replica.state();
        return switch (which) {
            case ReplicasOf.Everything() -> true;
            case ReplicasOf.Volume(var volume) ->
                spec != null && volume.equals(spec.owners().volume());
            case ReplicasOf.Pool(var pool) ->
                spec != null && spec.pool().equals(pool)
                        || state != null && state.pool().equals(pool);
            case ReplicasOf.Node(var node) ->
                spec != null && spec.node().equals(node)
                        || state != null && state.node().equals(node);
        };
    }

    private Stream<Replica> allReplicas() {
        var all = new TreeMap<ReplicaId, Replica>();
        for (ReplicaSpec spec : tables.replicas().values()) {
            all.put(spec.uuid(), new Replica(spec.uuid(), spec, null));
        }
        for (NodeObservation node : sight.nodes().values()) {
            for (ReplicaState state : node.replicas()) {
                Replica promised = all.get(state.uuid());
                all.put(state.uuid(), new Replica(state.uuid(), promised == null ? null : promised.spec(), state));
            }
        }
        return all.values().stream().filter(PoolScheduler::visible);
    }

    private static boolean visible(Replica replica) {
        ReplicaSpec spec = replica.spec();
        return spec == null || ReplicaBook.visible(spec);
    }

    @Override
    public Replica replica(ReplicaId replica) {
        return allReplicas()
                .filter(one -> one.uuid().equals(replica))
                .findFirst()
                .orElseThrow(
                        () -> new Refusal.NotFound("there is no replica " + replica, "list the replicas").exception());
    }

    @Override
    public List<Replica> provision(Provision request) {
        requireLeading();
        return provisioning.provision(request);
    }

    @Override
    public Replica createReplica(CreateReplicaSpec request) {
        requireLeading();
        return replicaCreation.create(request);
    }

    @Override
    public void deleteReplica(ReplicaId replica, @Nullable VolumeId owner) {
        requireLeading();
        replicaDeletion.delete(replica, owner);
    }

    @Override
    public Replica shareReplica(ReplicaId replica, List<String> hosts) {
        requireLeading();
        return replicaSharing.change(replica, new ReplicaOperation.Share(hosts));
    }

    @Override
    public Replica unshareReplica(ReplicaId replica) {
        requireLeading();
        return replicaSharing.change(replica, new ReplicaOperation.Unshare());
    }

    private void requireLeading() {
        if (office.isTaken()) return;
        throw new Refusal.Unavailable(
                        "this copy of the pool scheduler does not lead",
                        "ask " + leadership.leader().orElse("the leader once there is one"))
                .exception();
    }
}
