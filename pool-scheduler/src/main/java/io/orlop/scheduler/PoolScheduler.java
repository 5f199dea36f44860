package io.orlop.scheduler;

import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.owner.Owner;
import io.orlop.control.view.ClusterView;
import io.orlop.control.view.ObservingAgents;
import io.orlop.model.Commitment;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaOperation;
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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The service, built from its ports: nothing here knows what it runs in.
///
/// ```
///   Pools ──► Inventory ◄── ClusterView
///         ──► PoolCreation, -Labelling, -Deletion ───────┬──► book   ──► keyspace
///         ──► Provisioning ──► placement, Reservations   │
///         ──► ReplicaCreation, -Sharing, -Deletion ──────┴──► hands  ──► agents, under our term
///                        ▲
///   what changed ──► PoolReconciler, ReplicaReconciler, StraySweep ◄── ClusterView
/// ```
public final class PoolScheduler implements Pools, AutoCloseable {
    private final Owner owner;
    private final Commitment commitment;
    private final PoolCreation poolCreation;
    private final PoolDeletion poolDeletion;
    private final Provisioning provisioning;
    private final ReplicaCreation replicaCreation;
    private final ReplicaDeletion replicaDeletion;
    private final ReplicaSharing replicaSharing;
    private final PoolLabelling poolLabelling;
    private final Origins origins;
    private final Inventory inventory;
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
        this.commitment = settings.commitment();
        this.owner = new Owner(ambient, "pools", keyspace, leadership, view, settings.pace(), observer);
        Guards guards = owner.guards();
        Agents ours = owner.commanding(new ObservingAgents(agents, view.seen()));
        var book = new ReplicaBook(view, owner.writer());
        var poolHands = new PoolHands(ours, view.seen());
        this.origins = new Origins(view.nodes()::value);
        var replicaHands = new ReplicaHands(ours, view.seen());
        var givenUp = new GivenUp();
        var reservations = new Reservations(view);
        var policy = new PlacementPolicy(commitment);
        var surveyor = new Surveyor(view, reservations, commitment);
        this.poolCreation = new PoolCreation(guards, view, owner.writer(), poolHands, new Presence(ambient, view));
        this.poolDeletion = new PoolDeletion(guards, view, owner.writer(), poolHands, reservations);
        this.replicaDeletion = new ReplicaDeletion(ambient, guards, book, replicaHands, givenUp, view);
        this.replicaSharing = new ReplicaSharing(guards, book, replicaHands);
        this.replicaCreation = new ReplicaCreation(
                guards, view, book, replicaHands, replicaDeletion, reservations, policy, surveyor, origins);
        this.provisioning = new Provisioning(
                ambient, guards, view, book, replicaHands, replicaDeletion, reservations, policy, surveyor);

        this.poolLabelling = new PoolLabelling(guards, view, owner.writer());
        var pools = new PoolReconciler(guards, view, poolCreation, poolDeletion, poolHands);
        var replicas =
                new ReplicaReconciler(guards, view, book, replicaHands, replicaDeletion, replicaSharing, origins);
        var strays = new StraySweep(ambient, guards, view, keyspace, layout, replicaHands, givenUp);
        this.inventory = new Inventory(view, pools::refused);
        this.poolLoop = owner.loop("pools", pools, pools);
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

    @Override
    public Commitment commitment() {
        return commitment;
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
        return inventory.pools(after, most);
    }

    @Override
    public Pool pool(PoolId pool) {
        return inventory.pool(pool);
    }

    @Override
    public Page<Replica> replicas(ReplicasOf which, @Nullable ReplicaId after, int most) {
        return inventory.replicas(which, after, most);
    }

    @Override
    public Replica replica(ReplicaId replica) {
        return inventory.replica(replica);
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
        poolLabelling.label(pool, labels, overwrite);
        return inventory.pool(pool);
    }

    @Override
    public Pool unlabelPool(PoolId pool, String key) {
        poolLabelling.unlabel(pool, key);
        return inventory.pool(pool);
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
        return replicaSharing.change(replica, new ReplicaOperation.Share(origins.bound(hosts)));
    }

    @Override
    public Replica unshareReplica(ReplicaId replica) {
        return replicaSharing.change(replica, new ReplicaOperation.Unshare());
    }
}
