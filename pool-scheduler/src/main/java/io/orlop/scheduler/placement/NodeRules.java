package io.orlop.scheduler.placement;

import io.orlop.model.Topology;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a pool's node must be.
final class NodeRules {
    static final List<Rule> ALL = List.of(
            NodeRules::cordoned,
            NodeRules::offline,
            NodeRules::allowed,
            NodeRules::avoided,
            NodeRules::oneReplicaPerNode,
            NodeRules::labels,
            NodeRules::apartFromGroup);

    private NodeRules() {}

    private static @Nullable String cordoned(PlacementRequest request, List<Site> taken, Candidate pool) {
        return pool.cordoned() ? "its node %s is cordoned".formatted(pool.node()) : null;
    }

    private static @Nullable String offline(PlacementRequest request, List<Site> taken, Candidate pool) {
        return pool.online() ? null : "its node %s is not online".formatted(pool.node());
    }

    private static @Nullable String allowed(PlacementRequest request, List<Site> taken, Candidate pool) {
        return request.topology().nodes() instanceof Topology.Nodes.Explicit explicit
                        && !explicit.allowed().isEmpty()
                        && !explicit.allowed().contains(pool.node())
                ? "its node %s is not among the allowed nodes %s".formatted(pool.node(), explicit.allowed())
                : null;
    }

    private static @Nullable String avoided(PlacementRequest request, List<Site> taken, Candidate pool) {
        return request.avoid().contains(pool.node()) ? "its node %s is to be avoided".formatted(pool.node()) : null;
    }

    private static @Nullable String oneReplicaPerNode(PlacementRequest request, List<Site> taken, Candidate pool) {
        return taken.stream().anyMatch(site -> site.node().equals(pool.node()))
                ? "its node %s holds another replica of this volume".formatted(pool.node())
                : null;
    }

    private static @Nullable String labels(PlacementRequest request, List<Site> taken, Candidate pool) {
        return switch (request.topology().nodes()) {
            case Topology.Nodes.Any _, Topology.Nodes.Explicit _ -> null;
            case Topology.Nodes.Labelled(var inclusion, var exclusion, var affinityKeys) ->
                new Labels("its node " + pool.node(), inclusion, exclusion.keySet(), affinityKeys)
                        .refusal(
                                pool.site().nodeLabels(),
                                taken.stream().map(Site::nodeLabels).toList());
        };
    }

    private static @Nullable String apartFromGroup(PlacementRequest request, List<Site> taken, Candidate pool) {
        return request.strictlyApart() && !pool.neighbours().isEmpty()
                ? "its node %s holds a replica of volume %s of the same affinity group"
                        .formatted(pool.node(), pool.neighbours().getFirst())
                : null;
    }
}
