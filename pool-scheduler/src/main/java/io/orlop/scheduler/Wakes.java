package io.orlop.scheduler;

import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.view.ClusterView;
import io.orlop.control.view.SightListener;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.model.VolumeId;

/// Who is woken by what: everything that can make a pool or a replica amiss, or end what it waits for.
///
/// ```
///   spec of p, p at its node ──────────► p            spec of r, r at a node ──► r, or r as a stray
///   node ──► its pools, its replicas                  volume gone ──► its replicas
///   spec of a node ──► the replicas that let it in
/// ```
///
/// A look costs less than a run: what is well and waits for nothing is left in peace.
record Wakes(
        ClusterView view, ReconcileLoop<PoolId> pools, ReconcileLoop<ReplicaId> replicas, ReconcileLoop<Stray> strays)
        implements SightListener {

    void listen() {
        view.pools().listen(this::pool);
        view.replicas().listen(this::replica);
        view.volumes().listen(this::volume);
        view.nodes().listen(node -> view.replicasByHost().ids(node).forEach(replicas::look));
        view.seen().listen(this);
    }

    private void pool(PoolId pool) {
        pools.look(pool);
    }

    private void replica(ReplicaId replica) {
        replicas.look(replica);
        // Without a spec, whatever is left of it is a stray.
        if (view.replicas().get(replica).isEmpty()) {
            view.seen().replica(replica).forEach(state -> strays.look(new Stray(replica, state.node())));
        }
    }

    private void volume(VolumeId volume) {
        if (view.volumes().get(volume).isPresent()) return;
        view.replicasByVolume().ids(volume).forEach(this::replica);
    }

    @Override
    public void node(NodeId node) {
        view.poolsByNode().ids(node).forEach(this::pool);
        view.replicasByNode().ids(node).forEach(this::replica);
    }

    @Override
    public void pool(NodeId node, PoolId pool) {
        pool(pool);
    }

    @Override
    public void replica(NodeId node, ReplicaId replica) {
        replicas.look(replica);
        strays.look(new Stray(replica, node));
    }
}
