package io.orlop.dataplane.pool;

import io.orlop.model.Bytes;
import io.orlop.model.Refusal;

/// What a pool refuses before anything is changed.
///
/// @param free clusters that nobody has
/// @param capacity clusters that replicas have or can have
record ReplicaLimits(String pool, long clusterSize, int free, int capacity) {
    void checkSize(String name, long size, boolean thin) {
        long freeBytes = free * clusterSize;
        long capacityBytes = capacity * clusterSize;
        if (size <= 0) {
            throw new Refusal.Invalid(
                            "replica '%s' of %d bytes".formatted(name, size), "give a size of at least one byte")
                    .exception();
        }
        if (size > capacityBytes) {
            throw new Refusal.Invalid(
                            "replica '%s' of %s is larger than pool '%s' of %s"
                                    .formatted(name, Bytes.of(size), pool, Bytes.of(capacityBytes)),
                            "use a larger pool or a smaller size")
                    .exception();
        }
        if (!thin && Math.ceilDiv(size, clusterSize) > free) {
            throw new Refusal.OutOfCapacity(
                            "pool '%s' has %s free, replica '%s' needs %s"
                                    .formatted(pool, Bytes.of(freeBytes), name, Bytes.of(size)),
                            "use another pool, or a thin replica")
                    .exception();
        }
    }

    void checkLength(Fact.OfVolume described) {
        int length = described.value().length;
        if (length <= Fact.VALUE_MAX) return;
        throw new Refusal.Invalid(
                        "the description of replica '%s' with %d hosts takes %d bytes, and may take %d"
                                .formatted(
                                        described.name(),
                                        described.properties().allowedHosts().size(),
                                        length,
                                        Fact.VALUE_MAX),
                        "allow fewer hosts")
                .exception();
    }
}
