package io.orlop.scheduler.placement;

import io.orlop.model.Bytes;
import io.orlop.model.PoolStatus;

/// What a pool has left, once everything promised and not yet reported is taken off.
///
/// @param committed promised to replicas, reported or not
public record Room(PoolStatus status, Bytes capacity, Bytes free, Bytes committed, Bytes clusterSize) {
    /// What a replica of this size occupies when it is full: whole clusters.
    Bytes occupied(Bytes size) {
        return clusterSize.isZero() ? size : size.roundedUpTo(clusterSize);
    }

    boolean usable() {
        return switch (status) {
            case ONLINE, DEGRADED -> true;
            case UNKNOWN, FAULTED -> false;
        };
    }

    /// Promised, in thousandths of the capacity.
    long committedPerMille() {
        return capacity.isZero() ? 1000 : Math.round(1000.0 * committed.count() / capacity.count());
    }
}
