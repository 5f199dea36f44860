package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// What a node says of itself every few seconds.
///
/// @param instance new at every start of the agent
/// @param nqn the name it connects to other nodes' replicas with
public record NodeRegistration(
        NodeId id, String grpcEndpoint, @Nullable String instance, @Nullable String nqn, @Nullable String version) {}
