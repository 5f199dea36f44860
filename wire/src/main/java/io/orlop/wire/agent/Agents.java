package io.orlop.wire.agent;

import io.orlop.model.NodeId;

/// The storage nodes, as a service reaches them.
public interface Agents {
    /// The agent of this node; calls to it are refused as Unavailable while it is not reachable.
    Agent at(NodeId node);
}
