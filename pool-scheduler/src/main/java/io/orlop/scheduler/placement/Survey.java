package io.orlop.scheduler.placement;

import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import io.orlop.model.NodeSpec;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.Room;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a pool has to offer: what was promised beside what its node reports.
///
/// A replica that is promised and not yet reported occupies its pool all the same; this is what keeps two who create at
/// the same time from promising the same room:
///
/// ```
///   reported free              |====================|
///   pending                                |========|   Creating, or created since the node was asked
///   free for the next          |===========|
/// ```
///
/// It relies on nodes being asked for their replicas before their pools, and on a pool being told before its replicas:
/// then a pool's usage contains every replica that is reported.
public record Survey(Commitment commitment) {

    /// @param node `null` where it is not registered
    /// @param state `null` where the node does not report the pool
    /// @param pending what the pool is to hold and its usage does not contain
    /// @param replicas how many it is to hold
    /// @param neighbours which volumes of the affinity group have a replica on its node, once for each replica
    public Candidate candidate(
            PoolSpec pool,
            @Nullable NodeSpec node,
            boolean online,
            @Nullable PoolState state,
            Collection<ReplicaSpec> pending,
            int replicas,
            List<VolumeId> neighbours) {
        return new Candidate(
                new Site(pool.id(), pool.node(), node == null ? Map.of() : node.labels(), pool.labels()),
                online,
                node != null && node.cordoned(),
                pool.status() == SpecStatus.CREATED,
                state == null ? null : room(state, pending),
                replicas,
                neighbours);
    }

    private Room room(PoolState state, Collection<ReplicaSpec> pending) {
        Room reported = Room.of(state);
        Bytes occupied = Bytes.ZERO;
        Bytes promised = Bytes.ZERO;
        for (ReplicaSpec replica : pending) {
            Bytes whole = reported.occupied(replica.size());
            promised = promised.plus(whole);
            occupied = occupied.plus(replica.thin() ? commitment.initial(replica.size()) : whole);
        }
        return reported.less(occupied, promised);
    }
}
