package io.orlop.model;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which copies a nexus knew to be complete when it last wrote. Written by the agent at
/// `/volume/{volume}/nexus/{nexus}/info`, read before another nexus is built from the same replicas.
///
/// ```json
/// {"clean_shutdown": false, "children": [{"uuid": "…", "healthy": true, "epoch": 3}], "writer": "…"}
/// ```
/// Mayastor writes the same without `epoch` and `writer`, and does not mind them.
///
/// @param cleanShutdown whether the nexus let go in good order, so that all healthy copies are equal. If it did not,
///     a write may have reached some copies and not others: only one may then be used, and the rest are rebuilt
/// @param writer which life of the nexus wrote it: two that were told to be the same nexus are not
public record NexusInfo(boolean cleanShutdown, List<Child> children, @Nullable UUID writer) {
    public NexusInfo {
        children = List.copyOf(children);
    }

    public NexusInfo(boolean cleanShutdown, List<Child> children) {
        this(cleanShutdown, children, null);
    }

    /// The latest change of a copy that it knows of; 0 if it does not say.
    public long latestEpoch() {
        return children.stream()
                .map(Child::epoch)
                .mapToLong(epoch -> epoch == null ? 0 : epoch)
                .max()
                .orElse(0);
    }

    /// @param epoch counts the changes of copies under one key: this copy's last was the epoch-th, and of two words
    ///     about it the one with the greater epoch is the later
    public record Child(ReplicaId uuid, boolean healthy, @Nullable Long epoch) {
        public Child(ReplicaId uuid, boolean healthy) {
            this(uuid, healthy, null);
        }
    }
}
