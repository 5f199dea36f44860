package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.orlop.model.NodeId;
import io.orlop.model.Topology;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asked and answered in the same form.
@Schema(name = "Topology")
record TopologyView(
        @JsonProperty("node_topology") @Nullable NodeTopology nodes,
        @JsonProperty("pool_topology") @Nullable PoolTopology pools) {
    /// One of the two.
    @Schema(name = "NodeTopology")
    record NodeTopology(@Nullable Explicit explicit, @Nullable Labelled labelled) {}

    @Schema(name = "PoolTopology")
    record PoolTopology(@Nullable Labelled labelled) {}

    @Schema(name = "ExplicitNodeTopology")
    record Explicit(
            @JsonProperty("allowed_nodes") @Nullable List<String> allowedNodes,
            @JsonProperty("preferred_nodes") @Nullable List<String> preferredNodes) {}

    @Schema(name = "LabelledTopology")
    record Labelled(
            @Nullable Map<String, String> exclusion,
            @Nullable Map<String, String> inclusion,
            @JsonProperty("affinity_key") @AbsentWhenEmpty @Nullable List<String> affinityKey) {}

    static @Nullable TopologyView of(Topology topology) {
        NodeTopology nodes =
                switch (topology.nodes()) {
                    case Topology.Nodes.Any() -> null;
                    case Topology.Nodes.Explicit(List<NodeId> allowed, List<NodeId> preferred) ->
                        new NodeTopology(new Explicit(names(allowed), names(preferred)), null);
                    case Topology.Nodes.Labelled(var inclusion, var exclusion, var affinity) ->
                        new NodeTopology(null, new Labelled(exclusion, inclusion, affinity));
                };
        PoolTopology pools =
                switch (topology.pools()) {
                    case Topology.Pools.Any() -> null;
                    case Topology.Pools.Labelled(var inclusion, var exclusion, var affinity) ->
                        new PoolTopology(new Labelled(exclusion, inclusion, affinity));
                };
        return nodes == null && pools == null ? null : new TopologyView(nodes, pools);
    }

    Topology topology() {
        return new Topology(nodeTopology(), poolTopology());
    }

    private Topology.Nodes nodeTopology() {
        if (nodes == null) return new Topology.Nodes.Any();
        if (nodes.explicit != null) {
            return new Topology.Nodes.Explicit(ids(nodes.explicit.allowedNodes), ids(nodes.explicit.preferredNodes));
        }
        if (nodes.labelled == null) return new Topology.Nodes.Any();
        return new Topology.Nodes.Labelled(
                Body.orEmpty(nodes.labelled.inclusion),
                Body.orEmpty(nodes.labelled.exclusion),
                Body.orEmpty(nodes.labelled.affinityKey));
    }

    private Topology.Pools poolTopology() {
        if (pools == null || pools.labelled == null) return new Topology.Pools.Any();
        return new Topology.Pools.Labelled(
                Body.orEmpty(pools.labelled.inclusion),
                Body.orEmpty(pools.labelled.exclusion),
                Body.orEmpty(pools.labelled.affinityKey));
    }

    private static List<String> names(List<NodeId> nodes) {
        return nodes.stream().map(NodeId::name).toList();
    }

    private static List<NodeId> ids(@Nullable List<String> names) {
        return Body.orEmpty(names).stream().map(NodeId::new).toList();
    }
}
