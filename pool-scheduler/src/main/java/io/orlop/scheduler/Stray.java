package io.orlop.scheduler;

import io.orlop.model.NodeId;
import io.orlop.model.ReplicaId;
import java.util.Comparator;

/// A replica at a node, whether anybody knows it or not.
record Stray(ReplicaId replica, NodeId node) implements Comparable<Stray> {
    private static final Comparator<Stray> ORDER =
            Comparator.comparing(Stray::replica).thenComparing(Stray::node);

    @Override
    public int compareTo(Stray other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return replica + " at " + node;
    }
}
