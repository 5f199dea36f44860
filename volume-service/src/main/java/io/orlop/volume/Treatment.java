package io.orlop.volume;

import io.orlop.control.table.Stored;
import io.orlop.control.table.Table;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.VolumeSpec;
import io.orlop.volume.healing.HealingStep;
import io.orlop.wire.service.Mandate;
import io.orlop.wire.service.Provision;
import java.util.List;

/// Carries out what was decided about a volume's copies. Every step may be carried out twice.
final class Treatment {
    private final Means means;
    private final VolumeBook book;
    private final Table<NodeId, NodeSpec> nodes;

    Treatment(Means means, VolumeBook book, Table<NodeId, NodeSpec> nodes) {
        this.means = means;
        this.book = book;
        this.nodes = nodes;
    }

    void carryOut(Stored<VolumeSpec> present, HealingStep step) {
        VolumeSpec volume = present.value();
        switch (step) {
            case HealingStep.Provision(int count, List<ReplicaId> besides) -> provision(volume, count, besides);
            case HealingStep.Join(ReplicaId replica, NodeId node) -> join(served(volume), replica, node);
            case HealingStep.Rejoin(ReplicaId replica, NodeId node, String uri) -> {
                means.removeChild(served(volume).nexus(), uri);
                join(served(volume), replica, node);
            }
            case HealingStep.Detach(String uri) ->
                means.removeChild(served(volume).nexus(), uri);
            case HealingStep.Retire(ReplicaId replica, NodeId _, List<ReplicaId> staying) ->
                retire(present, replica, staying);
        }
    }

    List<Replica> provision(VolumeSpec volume, int count, List<ReplicaId> besides) {
        return means.provision(new Provision(
                volume.uuid(), volume.replicaShape(), count, book.neighbours(volume), besides, List.of()));
    }

    private void join(Publication.Published target, ReplicaId replica, NodeId node) {
        means.addChild(target.nexus(), reach(replica, node, target.node()));
    }

    private void retire(Stored<VolumeSpec> present, ReplicaId replica, List<ReplicaId> staying) {
        VolumeSpec volume = present.value();
        if (volume.publication() instanceof Publication.Published target) leave(target.nexus(), replica);
        means.delete(replica, new Mandate(volume.uuid(), present.modRevision(), staying));
    }

    private void leave(NexusId id, ReplicaId replica) {
        Nexus nexus = means.nexus(id);
        if (nexus.spec() == null) return;
        for (NexusChild child : nexus.spec().children()) {
            if (ReplicaId.behind(child.uri()).filter(replica::equals).isPresent()) {
                means.removeChild(id, child.uri());
            }
        }
    }

    /// Makes the replica reachable for a nexus on this node, and for nobody else.
    NexusChild reach(ReplicaId replica, NodeId node, NodeId target) {
        if (node.equals(target)) {
            means.unshare(replica);
            return new NexusChild.Replica(replica, "bdev:///" + replica + "?uuid=" + replica);
        }
        Replica shared = means.share(replica, List.of(initiator(target)));
        if (shared.state() == null) {
            throw new Refusal.Unavailable(
                            "replica %s on %s was shared and is not seen yet".formatted(replica, node),
                            "try again in a few seconds")
                    .exception();
        }
        return new NexusChild.Replica(replica, shared.state().uri());
    }

    /// The name that a node goes by when it connects to others' replicas. One that has not said it goes by the name
    /// that every node has unless it says otherwise: a list of nobody would let in everybody.
    private String initiator(NodeId target) {
        return nodes.value(target)
                .map(NodeSpec::nqn)
                .filter(nqn -> !nqn.isEmpty())
                .orElse(target.nqn());
    }

    private static Publication.Published served(VolumeSpec volume) {
        if (volume.publication() instanceof Publication.Published published) return published;
        throw new IllegalStateException("volume " + volume.uuid() + " has no nexus");
    }
}
