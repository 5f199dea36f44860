package io.orlop.nexus;

import io.orlop.control.observed.ObservedCluster;
import io.orlop.control.table.Table;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.NodeSpec;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.nexus.children.ChildCandidate;
import io.orlop.nexus.target.TargetNode;
import java.util.List;
import java.util.Optional;

/// What is seen of nodes, nexuses and replicas: a moment old.
final class Landscape {
    private final ObservedCluster cluster;
    private final Table<NodeId, NodeSpec> nodes;
    private final Table<NexusId, NexusSpec> nexuses;

    Landscape(ObservedCluster cluster, Table<NodeId, NodeSpec> nodes, Table<NexusId, NexusSpec> nexuses) {
        this.cluster = cluster;
        this.nodes = nodes;
        this.nexuses = nexuses;
    }

    boolean online(NodeId node) {
        return cluster.node(node).filter(seen -> seen.node().online()).isPresent();
    }

    List<NexusState> states() {
        return cluster.nodes().stream().flatMap(node -> node.nexuses().stream()).toList();
    }

    Optional<NexusState> state(NexusId nexus) {
        return states().stream().filter(state -> state.uuid().equals(nexus)).findFirst();
    }

    List<TargetNode> targets() {
        List<NexusSpec> present = nexuses.values();
        return nodes.values().stream()
                .map(node -> new TargetNode(node.id(), online(node.id()), node.cordoned(), (int) present.stream()
                        .filter(nexus -> nexus.node().equals(node.id()))
                        .count()))
                .toList();
    }

    /// A promised child as it can be reached from this node now: a replica's address may be another since its node
    /// started again.
    ChildCandidate candidate(NodeId node, NexusChild child) {
        return switch (child) {
            case NexusChild.Uri _ -> new ChildCandidate(child, true);
            case NexusChild.Replica promised ->
                replica(promised.replica())
                        .flatMap(state -> uri(node, state))
                        .map(uri -> new ChildCandidate(new NexusChild.Replica(promised.replica(), uri), true))
                        .orElseGet(() -> new ChildCandidate(child, false));
        };
    }

    private Optional<ReplicaState> replica(ReplicaId replica) {
        return cluster.nodes().stream()
                .map(NodeObservation::replicas)
                .flatMap(List::stream)
                .filter(state -> state.uuid().equals(replica) && state.status() == ReplicaStatus.ONLINE)
                .findFirst();
    }

    private static Optional<String> uri(NodeId node, ReplicaState state) {
        if (state.node().equals(node)) return Optional.of(state.localUri());
        return state.share() == ShareProtocol.NVMF ? Optional.of(state.uri()) : Optional.empty();
    }
}
