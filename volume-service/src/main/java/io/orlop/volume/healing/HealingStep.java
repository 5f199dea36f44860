package io.orlop.volume.healing;

import io.orlop.model.NodeId;
import io.orlop.model.ReplicaId;
import java.util.List;

/// One thing to do for a volume. Complete: nothing is left to be decided by who does it, and doing it twice is doing
/// it once.
public sealed interface HealingStep {
    /// Have the volume own `count` replicas besides these.
    record Provision(int count, List<ReplicaId> besides) implements HealingStep {
        public Provision {
            besides = List.copyOf(besides);
        }
    }

    /// Make it a child of the nexus, which rebuilds it.
    record Join(ReplicaId replica, NodeId node) implements HealingStep {}

    /// Take the faulted child out and put the same replica in again, which rebuilds it.
    record Rejoin(ReplicaId replica, NodeId node, String uri) implements HealingStep {}

    /// Take a child out that none of the volume's replicas stands behind.
    record Detach(String uri) implements HealingStep {}

    /// Take it out of the nexus if it is in, and destroy it.
    ///
    /// @param staying the healthy copies because of which it can be spared
    record Retire(ReplicaId replica, NodeId node, List<ReplicaId> staying) implements HealingStep {
        public Retire {
            staying = List.copyOf(staying);
        }
    }
}
