package io.orlop.wire.service;

import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.VolumeId;

/// Which replicas are asked for.
public sealed interface ReplicasOf {
    record Everything() implements ReplicasOf {}

    /// Those that the volume owns.
    record Volume(VolumeId volume) implements ReplicasOf {}

    /// Those that are promised or seen in the pool.
    record Pool(PoolId pool) implements ReplicasOf {}

    /// Those that are promised or seen on the node.
    record Node(NodeId node) implements ReplicasOf {}
}
