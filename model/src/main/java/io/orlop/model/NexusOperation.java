package io.orlop.model;

import java.util.List;

/// A change to a nexus, written before it is attempted and cleared once it is kept.
public sealed interface NexusOperation {
    /// @param hosts NQNs that may connect; empty means anybody
    record Publish(List<String> hosts) implements NexusOperation {
        public Publish {
            hosts = List.copyOf(Limits.hosts("a nexus", hosts));
        }
    }

    record Unpublish() implements NexusOperation {}

    record AddChild(NexusChild child) implements NexusOperation {
        public AddChild {
            Limits.uri("a nexus", child.uri());
        }
    }

    record RemoveChild(String uri) implements NexusOperation {}

    record Shutdown() implements NexusOperation {}
}
