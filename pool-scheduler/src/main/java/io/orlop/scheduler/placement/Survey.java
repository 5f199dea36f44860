package io.orlop.scheduler.placement;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.NodeSpec;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Everything known of pools at one moment: what was promised beside what the nodes report.
///
/// A replica that is promised and not yet reported occupies its pool all the same; this is what keeps two who create at
/// the same time from promising the same room:
///
/// ```
///   reported free              |====================|
///   promised, not yet reported             |========|   Creating, or created since the node was asked
///   free for the next          |===========|
/// ```
///
/// It relies on nodes being asked for their replicas before their pools: then a pool's usage contains every replica
/// reported beside it.
public record Survey(
        Collection<PoolSpec> pools,
        Collection<ReplicaSpec> replicas,
        Map<NodeId, NodeSpec> nodes,
        Map<NodeId, NodeObservation> observed,
        Commitment commitment) {

    /// @param group the other volumes of the affinity group
    public List<Candidate> candidates(Collection<VolumeId> group) {
        Map<PoolId, List<ReplicaSpec>> held = replicas.stream()
                .filter(Survey::counts)
                .collect(Collectors.groupingBy(ReplicaSpec::pool, TreeMap::new, Collectors.toList()));
        Map<NodeId, List<VolumeId>> neighbours = neighbours(new TreeSet<>(group));
        return pools.stream()
                .map(pool -> candidate(
                        pool, held.getOrDefault(pool.id(), List.of()), neighbours.getOrDefault(pool.node(), List.of())))
                .toList();
    }

    /// Where a replica is.
    public Site site(ReplicaSpec replica) {
        Map<String, String> poolLabels = pools.stream()
                .filter(pool -> pool.id().equals(replica.pool()))
                .findFirst()
                .map(PoolSpec::labels)
                .orElse(Map.of());
        return new Site(replica.pool(), replica.node(), nodeLabels(replica.node()), poolLabels);
    }

    private Candidate candidate(PoolSpec pool, List<ReplicaSpec> held, List<VolumeId> neighbours) {
        NodeSpec node = nodes.get(pool.node());
        NodeObservation seen = observed.get(pool.node());
        return new Candidate(
                new Site(pool.id(), pool.node(), nodeLabels(pool.node()), pool.labels()),
                seen != null && seen.node().online(),
                node != null && node.cordoned(),
                pool.status() == SpecStatus.CREATED,
                seen == null ? null : room(pool, seen, held),
                held.size(),
                neighbours);
    }

    private @Nullable Room room(PoolSpec pool, NodeObservation seen, List<ReplicaSpec> held) {
        PoolState state = seen.pools().stream()
                .filter(reported -> reported.id().equals(pool.id()))
                .findFirst()
                .orElse(null);
        if (state == null) return null;
        var reported = new TreeSet<ReplicaId>();
        for (ReplicaState replica : seen.replicas()) reported.add(replica.uuid());
        Bytes occupied = Bytes.ZERO;
        Bytes promised = Bytes.ZERO;
        for (ReplicaSpec replica : held) {
            if (reported.contains(replica.uuid())) continue;
            Bytes whole = state.clusterSize().isZero()
                    ? replica.size()
                    : replica.size().roundedUpTo(state.clusterSize());
            promised = promised.plus(whole);
            occupied = occupied.plus(replica.thin() ? commitment.initial(replica.size()) : whole);
        }
        return new Room(
                state.status(),
                state.capacity(),
                state.free().minus(occupied),
                state.committed().plus(promised),
                state.clusterSize());
    }

    private Map<NodeId, List<VolumeId>> neighbours(Collection<VolumeId> group) {
        var neighbours = new TreeMap<NodeId, List<VolumeId>>();
        if (group.isEmpty()) return neighbours;
        for (ReplicaSpec replica : replicas) {
            VolumeId volume = replica.owners().volume();
            if (volume == null || !counts(replica) || !group.contains(volume)) continue;
            neighbours.computeIfAbsent(replica.node(), _ -> new ArrayList<>()).add(volume);
        }
        return neighbours;
    }

    private Map<String, String> nodeLabels(NodeId node) {
        NodeSpec spec = nodes.get(node);
        return spec == null ? Map.of() : spec.labels();
    }

    private static boolean counts(ReplicaSpec replica) {
        return switch (replica.status()) {
            case CREATING, CREATED -> true;
            case DELETING, DELETED -> false;
        };
    }
}
