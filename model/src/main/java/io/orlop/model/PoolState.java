package io.orlop.model;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A pool as its node reports it; or, in an answer, that its node cannot report it, and why.
///
/// @param used allocated to replicas
/// @param committed promised to replicas: with thin ones it may exceed the capacity
/// @param reason why it is faulted, in a sentence, where that is known; `null` in what a node reports
public record PoolState(
        PoolId id,
        PoolUuid uuid,
        NodeId node,
        List<String> disks,
        PoolStatus status,
        Bytes capacity,
        Bytes used,
        Bytes committed,
        Bytes clusterSize,
        @Nullable String reason) {
    private static final PoolUuid UNREAD = new PoolUuid(new UUID(0, 0));

    public PoolState {
        disks = List.copyOf(disks);
    }

    /// As a node reports it.
    public PoolState(
            PoolId id,
            PoolUuid uuid,
            NodeId node,
            List<String> disks,
            PoolStatus status,
            Bytes capacity,
            Bytes used,
            Bytes committed,
            Bytes clusterSize) {
        this(id, uuid, node, disks, status, capacity, used, committed, clusterSize, null);
    }

    /// What is shown of a pool that its node refuses to import: nothing is known but what was promised. Nobody reports
    /// this, and nobody decides by it.
    public static PoolState refused(PoolSpec pool, String reason) {
        return new PoolState(
                pool.id(),
                UNREAD,
                pool.node(),
                pool.disks(),
                PoolStatus.FAULTED,
                Bytes.ZERO,
                Bytes.ZERO,
                Bytes.ZERO,
                Bytes.ZERO,
                reason);
    }

    public Bytes free() {
        return capacity.minus(used);
    }

    /// The same with these figures.
    public PoolState using(Bytes used, Bytes committed) {
        return new PoolState(id, uuid, node, disks, status, capacity, used, committed, clusterSize, reason);
    }

    /// Whether nothing but how much is used tells them apart.
    public boolean sameButUsage(PoolState other) {
        return using(other.used, other.committed).equals(other);
    }
}
