package io.orlop.scheduler.placement;

import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Room;
import io.orlop.model.VolumeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pool, with everything that decides whether a replica may go into it.
///
/// @param usable whether its creation is finished and its deletion not begun
/// @param room `null` while the pool's node does not report it
/// @param replicas how many it is to hold already
/// @param neighbours which volumes of the same affinity group have a replica on its node, once for each replica
public record Candidate(
        Site site,
        boolean online,
        boolean cordoned,
        boolean usable,
        @Nullable Room room,
        int replicas,
        List<VolumeId> neighbours) {
    public Candidate {
        neighbours = List.copyOf(neighbours);
    }

    public PoolId pool() {
        return site.pool();
    }

    public NodeId node() {
        return site.node();
    }
}
