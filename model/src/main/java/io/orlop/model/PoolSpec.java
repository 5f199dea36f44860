package io.orlop.model;

import java.util.List;
import java.util.Map;

/// A pool as promised. Kept at `/pools/{id}`. Creating and deleting are all the operations it has.
///
/// @param disks exactly one, a path or a URI such as `aio:///var/pool.img`
public record PoolSpec(PoolId id, NodeId node, List<String> disks, Map<String, String> labels, SpecStatus status) {
    public PoolSpec {
        disks = List.copyOf(disks);
        labels = Copies.sorted(labels);
        if (disks.size() != 1) {
            throw new Refusal.Invalid(
                            "pool %s is given %d disks: %s".formatted(id, disks.size(), disks),
                            "a pool has exactly one disk; make one pool per disk")
                    .exception();
        }
    }

    public boolean dirty() {
        return status != SpecStatus.CREATED;
    }

    public PoolSpec withStatus(SpecStatus status) {
        return new PoolSpec(id, node, disks, labels, status);
    }

    public PoolSpec withLabels(Map<String, String> labels) {
        return new PoolSpec(id, node, disks, labels, status);
    }
}
