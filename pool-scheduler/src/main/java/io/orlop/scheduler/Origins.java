package io.orlop.scheduler;

import io.orlop.model.AllowedHost;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.ReplicaSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Where hosts come from that are nodes: an NQN is claimed by whoever likes to, so a node is let in from its own
/// addresses only. One that does not say which those are, and every other host, goes by its name.
final class Origins {
    private final Function<NodeId, Optional<NodeSpec>> nodes;

    Origins(Function<NodeId, Optional<NodeSpec>> nodes) {
        this.nodes = nodes;
    }

    List<AllowedHost> bound(List<String> nqns) {
        return nqns.stream().map(nqn -> new AllowedHost(nqn, addresses(nqn))).toList();
    }

    /// Whether a node has moved since the replica was shared.
    boolean outdated(ReplicaSpec replica) {
        return !replica.hosts().isEmpty() && !rebound(replica).equals(replica.hosts());
    }

    List<AllowedHost> rebound(ReplicaSpec replica) {
        return bound(replica.hosts().stream().map(AllowedHost::nqn).toList());
    }

    private List<String> addresses(String nqn) {
        return NodeId.called(nqn)
                .flatMap(nodes)
                .filter(node -> nqn.equals(node.nqn()))
                .map(NodeSpec::addresses)
                .orElse(List.of());
    }
}
