package io.orlop.nexus;

import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.view.ClusterView;
import io.orlop.control.view.SightListener;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.ReplicaId;
import io.orlop.model.VolumeId;

/// Whom a change concerns. Everything that can make a nexus other than promised, or its info needless, comes by here.
///
/// ```
///   a nexus's spec, or what its node says of it ──► that nexus, and its info
///   a node came or went ──► the nexuses on it, and those that have a copy on it
///   a replica came or went ──► the nexuses that have it as a child
///   a volume's spec, an info ──► the infos of that volume
/// ```
///
/// Who is as it should be stays asleep: most changes concern nobody.
final class Wakes implements SightListener {
    private final ClusterView view;
    private final ReconcileLoop<NexusId> mending;
    private final ReconcileLoop<NexusInfoKey> sweeping;
    private final InfosByNexus byNexus;

    private Wakes(ClusterView view, ReconcileLoop<NexusId> mending, ReconcileLoop<NexusInfoKey> sweeping) {
        this.view = view;
        this.mending = mending;
        this.sweeping = sweeping;
        this.byNexus = InfosByNexus.of(view.infos());
    }

    static void wire(ClusterView view, ReconcileLoop<NexusId> mending, ReconcileLoop<NexusInfoKey> sweeping) {
        var wakes = new Wakes(view, mending, sweeping);
        view.seen().listen(wakes);
        view.nexuses().listen(wakes::nexus);
        view.volumes().listen(wakes::volume);
        view.infos().listen(wakes::info);
    }

    @Override
    public void node(NodeId node) {
        view.nexusesByNode().ids(node).forEach(mending::look);
        view.replicasByNode().ids(node).forEach(this::replica);
    }

    @Override
    public void replica(NodeId node, ReplicaId replica) {
        replica(replica);
    }

    private void replica(ReplicaId replica) {
        view.nexusesByReplica().ids(replica).forEach(mending::look);
    }

    @Override
    public void nexus(NodeId node, NexusId nexus) {
        nexus(nexus);
    }

    private void nexus(NexusId nexus) {
        mending.look(nexus);
        byNexus.of(nexus).ifPresent(sweeping::look);
    }

    private void volume(VolumeId volume) {
        view.infosOf(volume).forEach(sweeping::look);
    }

    private void info(NexusInfoKey key) {
        sweeping.look(key);
        // It is what tells a stray nexus of ours.
        mending.look(key.nexus());
    }
}
