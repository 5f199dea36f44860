package io.orlop.nexus;

import io.orlop.control.view.ClusterView;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.Refusal;
import io.orlop.nexus.target.TargetDecision;
import io.orlop.nexus.target.TargetNode;
import io.orlop.nexus.target.TargetPolicy;
import io.orlop.wire.service.TargetChoice;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Chooses where a nexus runs, by what is known of the nodes.
final class Targets {
    private final ClusterView view;

    Targets(ClusterView view) {
        this.view = view;
    }

    NodeId choose(TargetChoice want) {
        NodeId required = want.required();
        if (required != null) requireKnown(required);
        // A node with a replica is preferred to all others: mostly there is one, and nobody else needs a look.
        if (TargetPolicy.decide(want, these(want.replicas())) instanceof TargetDecision.Chosen(NodeId node)) {
            return node;
        }
        return switch (TargetPolicy.decide(want, all())) {
            case TargetDecision.Chosen(NodeId node) -> node;
            case TargetDecision.Refused refused -> throw refused.refusal().exception();
        };
    }

    /// @throws io.orlop.model.RefusalException NotFound if there is no such node
    void requireKnown(NodeId node) {
        if (isKnown(node)) return;
        throw new Refusal.NotFound("there is no node " + node, "list the nodes to see which there are").exception();
    }

    boolean isKnown(NodeId node) {
        return view.nodes().get(node).isPresent();
    }

    private List<TargetNode> these(Collection<NodeId> nodes) {
        return targets(nodes.stream().map(view.nodes()::value).flatMap(Optional::stream));
    }

    private List<TargetNode> all() {
        return targets(view.nodes().values());
    }

    private List<TargetNode> targets(Stream<NodeSpec> nodes) {
        return nodes.map(node -> new TargetNode(
                        node.id(),
                        view.seen().online(node.id()),
                        node.cordoned(),
                        view.nexusesByNode().count(node.id())))
                .toList();
    }
}
