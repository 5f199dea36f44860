package io.orlop.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A storage node that registered once. Kept at `/nodes/{id}`.
///
/// @param cordons why nothing new may be placed here: labels, each set by somebody; none means it may
/// @param nqn the name the node connects to other nodes' replicas with
/// @param addresses where it connects to them from; empty if it does not say
public record NodeSpec(
        NodeId id,
        String grpcEndpoint,
        Map<String, String> labels,
        List<String> cordons,
        @Nullable String nqn,
        @Nullable String version,
        List<String> addresses) {
    public NodeSpec {
        labels = Copies.sorted(labels);
        cordons = List.copyOf(cordons);
        addresses = List.copyOf(addresses);
    }

    /// A node that does not say where it connects from.
    public NodeSpec(
            NodeId id,
            String grpcEndpoint,
            Map<String, String> labels,
            List<String> cordons,
            @Nullable String nqn,
            @Nullable String version) {
        this(id, grpcEndpoint, labels, cordons, nqn, version, List.of());
    }

    public boolean cordoned() {
        return !cordons.isEmpty();
    }

    public NodeSpec withCordons(List<String> cordons) {
        Limits.fewer("node " + id, "cordons", cordons, Limits.LABELS);
        cordons.forEach(cordon -> Limits.text("node " + id, "a cordon", cordon, 253));
        return new NodeSpec(id, grpcEndpoint, labels, cordons, nqn, version, addresses);
    }

    public NodeSpec withLabels(Map<String, String> labels) {
        return new NodeSpec(id, grpcEndpoint, labels, cordons, nqn, version, addresses);
    }
}
