package io.orlop.control.view;

import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.ReplicaId;

/// Hears of which resource something new is known, and nothing else: whoever wants to know what it is looks. How much
/// is used, and how far a rebuild is, is no news. Called where the fact arrived; must not block.
public interface SightListener {
    /// The node came, went, or was started again: everything on it is another matter now.
    default void node(NodeId node) {}

    default void pool(NodeId node, PoolId pool) {}

    default void replica(NodeId node, ReplicaId replica) {}

    default void nexus(NodeId node, NexusId nexus) {}

    /// A pool holds more or less than before, and is else as it was.
    default void usage(PoolState before, PoolState now) {}
}
