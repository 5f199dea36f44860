package io.orlop.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A change to a volume, written before it is attempted and cleared once it is kept.
///
/// It carries what was decided, so that whoever finishes it decides nothing anew: only whether what it rests on still
/// holds is looked at again, and where it does not, the promise is taken back.
///
/// ```
///   SetReplicas(1, retire B)     B goes, and never A, even if A is away by then: the promise waits, or is taken back
///   Publish(node-1, [A, B])      a nexus of A and B, and of no copy that came since
///   Replace(A)                   another copy in place of A, unless A is back by then
/// ```
public sealed interface VolumeOperation {
    /// @param retire the copy that is given up where the count goes down; `null` where it goes up
    record SetReplicas(int count, @Nullable ReplicaId retire) implements VolumeOperation {}

    /// @param children the copies that the nexus is built from, as far as it may trust them
    record Publish(Publication.Published target, List<ReplicaId> children) implements VolumeOperation {
        public Publish {
            children = List.copyOf(children);
        }
    }

    /// A publication that cannot be kept is taken back. It is a promise of its own, written before anything is
    /// destroyed, because another leader may be about to keep the first one.
    record Abandon(Publication.Published target) implements VolumeOperation {}

    record Unpublish() implements VolumeOperation {}

    /// Others are made in place of these copies, which stay until the new ones are whole.
    record Replace(List<ReplicaId> lost) implements VolumeOperation {
        public Replace {
            lost = List.copyOf(lost);
        }
    }
}
