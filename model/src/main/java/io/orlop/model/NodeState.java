package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// A node as last heard of.
///
/// @param instance another one means that the node was started again
public record NodeState(
        NodeId id,
        String grpcEndpoint,
        NodeStatus status,
        @Nullable String nqn,
        @Nullable String version,
        @Nullable String instance) {
    public boolean online() {
        return status == NodeStatus.ONLINE;
    }
}
