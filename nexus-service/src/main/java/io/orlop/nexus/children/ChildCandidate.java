package io.orlop.nexus.children;

import io.orlop.model.NexusChild;

/// A copy that a nexus might be built from.
///
/// @param reachable whether its node is online and reports it
public record ChildCandidate(NexusChild child, boolean reachable) {
    /// Whether it is a device of the nexus's own node.
    boolean local() {
        return child.uri().startsWith("bdev:");
    }
}
