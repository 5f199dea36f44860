package io.orlop.wire.service;

import io.orlop.model.Commitment;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.wire.rpc.Question;
import io.orlop.wire.rpc.Repeatable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// pool-scheduler: which pools, and the replicas in them.
public interface Pools {
    /// @param after the last one of the page before; `null` for the first page. It need not be there any more
    /// @param most 1 to [Page#MOST]
    @Question
    Page<Pool> pools(@Nullable PoolId after, int most);

    /// All of them, page by page.
    default Stream<Pool> pools() {
        return Pages.<PoolId, Pool>all(this::pools, Pool::id);
    }

    @Question
    Pool pool(PoolId pool);

    /// Creates the pool, or imports it where its disk carries it. With the same parameters, asking again while it is
    /// being created goes on; once it is created, AlreadyExists. With others, Differs.
    Pool createPool(CreatePoolSpec request);

    /// NotFound if there is none; InUse while replicas are in it.
    void deletePool(PoolId pool);

    Pool labelPool(PoolId pool, Map<String, String> labels, boolean overwrite);

    Pool unlabelPool(PoolId pool, String key);

    /// @param after the last one of the page before; `null` for the first page. It need not be there any more
    /// @param most 1 to [Page#MOST]
    @Question
    Page<Replica> replicas(ReplicasOf which, @Nullable ReplicaId after, int most);

    /// All of these, page by page.
    default Stream<Replica> replicas(ReplicasOf which) {
        return Pages.<ReplicaId, Replica>all((after, most) -> replicas(which, after, most), Replica::uuid);
    }

    default Stream<Replica> replicas() {
        return replicas(new ReplicasOf.Everything());
    }

    @Question
    Replica replica(ReplicaId replica);

    /// All replicas that count, once they are created on their nodes. OutOfCapacity names, for every pool, the rule
    /// that refused it; then nothing is left behind.
    @Repeatable
    List<Replica> provision(Provision request);

    Replica createReplica(CreateReplicaSpec request);

    /// Gone from the pool and from the store when it returns; if the node is away, gone from sight at once and from the
    /// pool when the node is back. NotFound if there is none; InUse if somebody else owns it; Conflict if its owner
    /// has changed since, or a copy that stays is going.
    ///
    /// @param mandate its owner's; `null` for a replica made by hand
    void deleteReplica(ReplicaId replica, @Nullable Mandate mandate);

    /// @param hosts NQNs that may connect; empty means anybody
    @Repeatable
    Replica shareReplica(ReplicaId replica, List<String> hosts);

    @Repeatable
    Replica unshareReplica(ReplicaId replica);

    /// By which rules pools are filled: for who says how much can still be put into them.
    @Question
    Commitment commitment();
}
