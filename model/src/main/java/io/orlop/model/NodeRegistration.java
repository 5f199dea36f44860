package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// What a node says of itself every few seconds.
///
/// @param instance new at every start of the agent
/// @param nqn the name it connects to other nodes' replicas with
/// @param generation moves with every change of what the agent of this instance reports (pools, replicas, nexuses and
///     their children, what is shared; neither usage nor the progress of rebuilds): the same number says that there is
///     nothing new to ask for. Null from an engine that does not count
public record NodeRegistration(
        NodeId id,
        String grpcEndpoint,
        @Nullable String instance,
        @Nullable String nqn,
        @Nullable String version,
        @Nullable Long generation) {
    public NodeRegistration(
            NodeId id, String grpcEndpoint, @Nullable String instance, @Nullable String nqn, @Nullable String version) {
        this(id, grpcEndpoint, instance, nqn, version, null);
    }

    public NodeRegistration withGeneration(long now) {
        return new NodeRegistration(id, grpcEndpoint, instance, nqn, version, now);
    }

    /// Whether it is the same instance at the same place, whatever has changed on it.
    public boolean sameButGeneration(NodeRegistration other) {
        return new NodeRegistration(id, grpcEndpoint, instance, nqn, version, other.generation).equals(other);
    }
}
