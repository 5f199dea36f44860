package io.orlop.scheduler;

import io.orlop.control.view.ClusterView;
import io.orlop.model.Commitment;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.PoolSpec;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.VolumeId;
import io.orlop.scheduler.placement.Candidate;
import io.orlop.scheduler.placement.Site;
import io.orlop.scheduler.placement.Survey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Looks at everything that decides where a replica may go: at every pool, at what is pending there, and at the
/// replicas of the affinity group; never at the replicas that the pools hold.
final class Surveyor {
    private final ClusterView view;
    private final Reservations reservations;
    private final Survey survey;

    Surveyor(ClusterView view, Reservations reservations, Commitment commitment) {
        this.view = view;
        this.reservations = reservations;
        this.survey = new Survey(commitment);
    }

    /// @param group the other volumes of the affinity group
    List<Candidate> candidates(Collection<VolumeId> group) {
        Map<NodeId, List<VolumeId>> neighbours = neighbours(group);
        return view.pools()
                .values()
                .map(pool -> candidate(pool, neighbours.getOrDefault(pool.node(), List.of())))
                .toList();
    }

    Candidate candidate(PoolSpec pool) {
        return candidate(pool, List.of());
    }

    /// Where a replica is.
    Site site(ReplicaSpec replica) {
        return new Site(
                replica.pool(),
                replica.node(),
                view.nodes().value(replica.node()).map(NodeSpec::labels).orElse(Map.of()),
                view.pools().value(replica.pool()).map(PoolSpec::labels).orElse(Map.of()));
    }

    private Candidate candidate(PoolSpec pool, List<VolumeId> neighbours) {
        NodeId node = pool.node();
        boolean online = view.seen().online(node);
        // Before the pool's usage is looked at: what is reported in between counts twice rather than not at all.
        var pending = online ? reservations.pending(pool.id()) : Reservations.Pending.NONE;
        return survey.candidate(
                pool,
                view.nodes().value(node).orElse(null),
                online,
                view.seen().pool(pool.id(), node).orElse(null),
                pending.replicas(),
                view.replicasByPool().count(pool.id()) + pending.unwritten(),
                neighbours);
    }

    private Map<NodeId, List<VolumeId>> neighbours(Collection<VolumeId> group) {
        var neighbours = new TreeMap<NodeId, List<VolumeId>>();
        if (group.isEmpty()) return neighbours;
        for (VolumeId volume : group) {
            view.replicasOf(volume).forEach(replica -> add(neighbours, replica, volume));
        }
        for (ReplicaSpec replica : reservations.unwritten()) {
            VolumeId volume = replica.owners().volume();
            if (volume == null || !group.contains(volume)) continue;
            if (view.replicas().get(replica.uuid()).isEmpty()) add(neighbours, replica, volume);
        }
        return neighbours;
    }

    private static void add(Map<NodeId, List<VolumeId>> neighbours, ReplicaSpec replica, VolumeId volume) {
        neighbours.computeIfAbsent(replica.node(), _ -> new ArrayList<>()).add(volume);
    }
}
