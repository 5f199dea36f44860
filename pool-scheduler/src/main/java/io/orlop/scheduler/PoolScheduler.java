package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.owner.Owner;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Writes;
import io.orlop.control.view.ClusterView;
import io.orlop.control.view.ObservingAgents;
import io.orlop.control.view.SideBySide;
import io.orlop.model.Labels;
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
import io.orlop.model.ambient.Ambient;
import io.orlop.scheduler.placement.PlacementPolicy;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.CreateReplicaSpec;
import io.orlop.wire.service.Mandate;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Provision;
import io.orlop.wire.service.ReplicasOf;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The service, built from its ports: nothing here knows what it runs in.
///
/// ```
///   Pools ──► PoolCreation, PoolDeletion ────────────────┬──► book   ──► keyspace
///         ──► Provisioning ──► placement, Reservations   │
///         ──► ReplicaCreation, -Sharing, -Deletion ──────┴──► hands  ──► agents, under our term
///                        ▲
///   what changed ──► PoolReconciler, ReplicaReconciler, StraySweep ◄── ClusterView
/// ```
public final class PoolScheduler implements Pools, AutoCloseable {
    private final Owner owner;
    private final ClusterView view;
    private final PoolCreation poolCreation;
    private final PoolDeletion poolDeletion;
    private final Provisioning provisioning;
    private final ReplicaCreation replicaCreation;
    private final ReplicaDeletion replicaDeletion;
    private final ReplicaSharing replicaSharing;
    private final PoolReconciler poolReconciler;
    private final ReconcileLoop<PoolId> poolLoop;

    /// @param view what is promised and what the nodes report; stays the caller's
    /// @param leadership of the pools, not started; it is ours from now on
    public PoolScheduler(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Agents agents,
            ClusterView view,
            Leadership leadership,
            SchedulerSettings settings,
            LoopObserver observer) {
        this.view = view;
        this.owner = new Owner(ambient, "pools", keyspace, leadership, view, settings.pace(), observer);
        Guards guards = owner.guards();
        Agents ours = owner.commanding(new ObservingAgents(agents, view.seen()));
        var book = new ReplicaBook(view, owner.writer());
        var poolHands = new PoolHands(ours, view.seen());
        var replicaHands = new ReplicaHands(ours, view.seen());
        var givenUp = new GivenUp();
        var reservations = new Reservations(view);
        var policy = new PlacementPolicy(settings.commitment());
        var surveyor = new Surveyor(view, reservations, settings.commitment());
        this.poolCreation = new PoolCreation(guards, view, owner.writer(), poolHands, new Presence(ambient, view));
        this.poolDeletion = new PoolDeletion(guards, view, owner.writer(), poolHands, reservations);
        this.replicaDeletion = new ReplicaDeletion(ambient, guards, book, replicaHands, givenUp, view);
        this.replicaSharing = new ReplicaSharing(guards, book, replicaHands);
        this.replicaCreation =
                new ReplicaCreation(guards, view, book, replicaHands, replicaDeletion, reservations, policy, surveyor);
        this.provisioning = new Provisioning(
                ambient, guards, view, book, replicaHands, replicaDeletion, reservations, policy, surveyor);

        this.poolReconciler = new PoolReconciler(guards, view, poolCreation, poolDeletion, poolHands);
        var replicas = new ReplicaReconciler(guards, view, book, replicaHands, replicaDeletion, replicaSharing);
        var strays = new StraySweep(ambient, guards, view, keyspace, layout, replicaHands, givenUp);
        this.poolLoop = owner.loop("pools", poolReconciler, poolReconciler);
        new Wakes(view, poolLoop, owner.loop("replicas", replicas, replicas), owner.loop("strays", strays, strays))
                .listen();
        owner.duty(_ -> {
            reservations.takeOver();
            return () -> {};
        });
    }

    public PoolScheduler start() {
        owner.start();
        return this;
    }

    public Owner owner() {
        return owner;
    }

    /// As others may call it: only the copy that leads answers.
    public Pools door() {
        return owner.door(Pools.class, this);
    }

    /// What keeps a pool from being as it was promised, in a sentence; `null` if nothing does.
    public @Nullable String blocked(PoolId pool) {
        return poolLoop.blocked(pool);
    }

    @Override
    public void close() {
        owner.close();
    }

    @Override
    public Page<Pool> pools(@Nullable PoolId after, int most) {
        return Page.of(
                SideBySide.of(
                        view.pools().after(after),
                        PoolSpec::id,
                        view.seen().pools(after),
                        PoolState::id,
                        (spec, state) -> spec == null ? new Pool(id(state), null, state) : pool(spec)),
                most);
    }

    private static PoolId id(@Nullable PoolState state) {
        return Objects.requireNonNull(state).id();
    }

    /// Another node's pool of the same name is not this one. That its node refuses to import it is said
    /// here and nowhere else: whoever places replicas looks at what is seen.
    private Pool pool(PoolSpec spec) {
        PoolState state = view.seen()
                .pool(spec.id(), spec.node())
                .or(() -> Optional.ofNullable(poolReconciler.refused(spec)).map(why -> PoolState.refused(spec, why)))
                .orElse(null);
        return new Pool(spec.id(), spec, state);
    }

    @Override
    public Pool pool(PoolId pool) {
        return view.pools()
                .value(pool)
                .map(this::pool)
                .or(() -> view.seen().pool(pool).stream().findFirst().map(state -> new Pool(pool, null, state)))
                .orElseThrow(() -> new Refusal.NotFound("there is no pool " + pool, "list the pools").exception());
    }

    @Override
    public Pool createPool(CreatePoolSpec request) {
        return poolCreation.create(request);
    }

    @Override
    public void deletePool(PoolId pool) {
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
        try (Guard _ = owner.guards().acquire(Guarded.of(pool))) {
            Stored<PoolSpec> seen = view.pools()
                    .get(pool)
                    .orElseThrow(() -> new Refusal.NotFound("there is no pool " + pool, "list the pools").exception());
            PoolSpec after = change.apply(seen.value());
            if (!after.equals(seen.value())) {
                owner.writer().commit(new Writes().replace(view.pools(), pool, seen, after));
            }
            return pool(pool);
        }
    }

    @Override
    public Page<Replica> replicas(ReplicasOf which, @Nullable ReplicaId after, int most) {
        return Page.of(
                switch (which) {
                    case ReplicasOf.Everything() ->
                        replicas(view.replicas().after(after), view.seen().replicas(after));
                    case ReplicasOf.Volume(var volume) ->
                        replicas(view.replicasByVolume().after(volume, after), Stream.empty());
                    // Also those that nobody promised are in a pool and on a node.
                    case ReplicasOf.Pool(var pool) ->
                        replicas(view.replicasByPool().after(pool, after), seenIn(pool, after))
                                .filter(replica -> isAt(replica, ReplicaSpec::pool, ReplicaState::pool, pool));
                    case ReplicasOf.Node(var node) ->
                        replicas(
                                        view.replicasByNode().after(node, after),
                                        view.seen().replicasOn(node, after))
                                .filter(replica -> isAt(replica, ReplicaSpec::node, ReplicaState::node, node));
                },
                most);
    }

    /// A pool is seen where its replicas are: only what is on those nodes, mostly one, is looked at.
    private Stream<ReplicaState> seenIn(PoolId pool, @Nullable ReplicaId after) {
        return Stream.concat(
                        view.pools().value(pool).map(PoolSpec::node).stream(),
                        view.seen().pool(pool).stream().map(PoolState::node))
                .distinct()
                .flatMap(node -> view.seen().replicasOn(node, after))
                .filter(state -> state.pool().equals(pool))
                .sorted(Comparator.comparing(ReplicaState::uuid));
    }

    private static <P> boolean isAt(
            Replica replica, Function<ReplicaSpec, P> promised, Function<ReplicaState, P> reported, P place) {
        ReplicaSpec spec = replica.spec();
        ReplicaState state = replica.state();
        return spec != null && promised.apply(spec).equals(place)
                || state != null && reported.apply(state).equals(place);
    }

    /// What is promised beside what is reported, each sorted by id: a walk and not a copy.
    private Stream<Replica> replicas(Stream<ReplicaSpec> promised, Stream<ReplicaState> reported) {
        return SideBySide.of(
                        promised,
                        ReplicaSpec::uuid,
                        reported,
                        ReplicaState::uuid,
                        (spec, state) -> spec == null ? replica(Objects.requireNonNull(state)) : replica(spec))
                .filter(PoolScheduler::visible);
    }

    /// It may be promised, but elsewhere.
    private Replica replica(ReplicaState state) {
        return view.replicas()
                .value(state.uuid())
                .map(this::replica)
                .orElseGet(() -> new Replica(state.uuid(), null, state));
    }

    private Replica replica(ReplicaSpec spec) {
        return new Replica(spec.uuid(), spec, view.state(spec).orElse(null));
    }

    private static boolean visible(Replica replica) {
        ReplicaSpec spec = replica.spec();
        return spec == null || ReplicaBook.visible(spec);
    }

    @Override
    public Replica replica(ReplicaId replica) {
        return view.replicas()
                .value(replica)
                .map(this::replica)
                .or(() -> view.seen().replica(replica).stream()
                        .findFirst()
                        .map(state -> new Replica(replica, null, state)))
                .filter(PoolScheduler::visible)
                .orElseThrow(
                        () -> new Refusal.NotFound("there is no replica " + replica, "list the replicas").exception());
    }

    @Override
    public List<Replica> provision(Provision request) {
        return provisioning.provision(request);
    }

    @Override
    public Replica createReplica(CreateReplicaSpec request) {
        return replicaCreation.create(request);
    }

    @Override
    public void deleteReplica(ReplicaId replica, @Nullable Mandate mandate) {
        replicaDeletion.delete(replica, mandate);
    }

    @Override
    public Replica shareReplica(ReplicaId replica, List<String> hosts) {
        return replicaSharing.change(replica, new ReplicaOperation.Share(hosts));
    }

    @Override
    public Replica unshareReplica(ReplicaId replica) {
        return replicaSharing.change(replica, new ReplicaOperation.Unshare());
    }
}
