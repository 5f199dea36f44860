package io.orlop.model;

import java.util.List;

/// Everything that one node reported at one moment. While a node is not online, its last report no longer counts: the
/// lists are empty.
public record NodeObservation(
        NodeState node, List<PoolState> pools, List<ReplicaState> replicas, List<NexusState> nexuses) {
    public NodeObservation {
        pools = List.copyOf(pools);
        replicas = List.copyOf(replicas);
        nexuses = List.copyOf(nexuses);
    }
}
