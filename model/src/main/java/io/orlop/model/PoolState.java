package io.orlop.model;

import java.util.List;

/// A pool as its node reports it.
///
/// @param used allocated to replicas
/// @param committed promised to replicas: with thin ones it may exceed the capacity
public record PoolState(
        PoolId id,
        PoolUuid uuid,
        NodeId node,
        List<String> disks,
        PoolStatus status,
        Bytes capacity,
        Bytes used,
        Bytes committed,
        Bytes clusterSize) {
    public PoolState {
        disks = List.copyOf(disks);
    }

    public Bytes free() {
        return capacity.minus(used);
    }

    /// The same with these figures.
    public PoolState using(Bytes used, Bytes committed) {
        return new PoolState(id, uuid, node, disks, status, capacity, used, committed, clusterSize);
    }

    /// Whether nothing but how much is used tells them apart.
    public boolean sameButUsage(PoolState other) {
        return using(other.used, other.committed).equals(other);
    }
}
