package io.orlop.model;

import java.util.List;

/// Which copies a nexus knew to be complete when it last wrote. Written by the agent at
/// `/volume/{volume}/nexus/{nexus}/info`, read before another nexus is built from the same replicas.
///
/// @param cleanShutdown whether the nexus let go in good order, so that all healthy copies are equal. If it did not,
///     a write may have reached some copies and not others: only one may then be used, and the rest are rebuilt
public record NexusInfo(boolean cleanShutdown, List<Child> children) {
    public NexusInfo {
        children = List.copyOf(children);
    }

    public record Child(ReplicaId uuid, boolean healthy) {}
}
