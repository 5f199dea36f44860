package io.orlop.model;

/// What a pool has left.
///
/// @param committed promised to replicas
public record Room(PoolStatus status, Bytes capacity, Bytes free, Bytes committed, Bytes clusterSize) {
    /// As its node reports it.
    public static Room of(PoolState state) {
        return new Room(state.status(), state.capacity(), state.free(), state.committed(), state.clusterSize());
    }

    /// What a replica of this size occupies when it is full: whole clusters.
    public Bytes occupied(Bytes size) {
        return clusterSize.isZero() ? size : size.roundedUpTo(clusterSize);
    }

    /// The same with so much more promised, of which so much is used.
    public Room less(Bytes used, Bytes promised) {
        return new Room(status, capacity, free.minus(used), committed.plus(promised), clusterSize);
    }

    public boolean usable() {
        return switch (status) {
            case ONLINE, DEGRADED -> true;
            case UNKNOWN, FAULTED -> false;
        };
    }

    /// Promised, in thousandths of the capacity.
    public long committedPerMille() {
        return capacity.isZero() ? 1000 : Math.round(1000.0 * committed.count() / capacity.count());
    }
}
