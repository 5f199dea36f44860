package io.orlop.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node says of itself every few seconds.
///
/// @param instance new at every start of the agent
/// @param nqn the name it connects to other nodes' replicas with
/// @param addresses where it connects to others from, numeric; empty if it does not say
/// @param generation moves with every change of what the agent of this instance reports (pools, replicas, nexuses and
///     their children, what is shared; neither usage nor the progress of rebuilds): the same number says that there is
///     nothing new to ask for. Null from an engine that does not count
/// @param drift moves, within one generation, with what changes by itself: usage, and the progress of rebuilds. Null
///     from an agent that does not count it
public record NodeRegistration(
        NodeId id,
        String grpcEndpoint,
        @Nullable String instance,
        @Nullable String nqn,
        @Nullable String version,
        List<String> addresses,
        @Nullable Long generation,
        @Nullable Long drift) {
    public NodeRegistration {
        addresses = List.copyOf(addresses);
    }

    public NodeRegistration(
            NodeId id, String grpcEndpoint, @Nullable String instance, @Nullable String nqn, @Nullable String version) {
        this(id, grpcEndpoint, instance, nqn, version, List.of(), null, null);
    }

    public NodeRegistration from(List<String> addresses) {
        return new NodeRegistration(id, grpcEndpoint, instance, nqn, version, addresses, generation, drift);
    }

    public NodeRegistration counted(long generation, @Nullable Long drift) {
        return new NodeRegistration(id, grpcEndpoint, instance, nqn, version, addresses, generation, drift);
    }

    /// Whether it is the same instance at the same place, whatever has changed on it.
    public boolean sameButCounts(NodeRegistration other) {
        return new NodeRegistration(id, grpcEndpoint, instance, nqn, version, addresses, other.generation, other.drift)
                .equals(other);
    }
}
