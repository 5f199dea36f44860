package io.orlop.dataplane.nexus;

import io.orlop.model.NexusInfo;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which copies a nexus may take for whole when it begins, by what an earlier life of it left under its key, before its
/// agent was started again.
///
/// ```
///   left on record            asked for      whole        rebuilt from those
///   nothing                   A, B           A, B
///   clean, A and B whole      A, B           A, B
///   clean, B not whole        A, B           A            B
///   not clean                 A, B           A or B, one  the other
///   B not whole               B              refused
/// ```
///
/// A nexus that ended otherwise than in good order may have written to A what it could not write to B any more: read in
/// turn, they would answer now this, now that.
final class Beginning {
    private Beginning() {}

    /// @param copies as they were asked for; what a record does not name is taken for what whoever asks says: whole
    static List<ReplicaId> whole(String nexus, List<Children.Opened> copies, @Nullable NexusInfo before) {
        if (before == null) return ids(copies);
        List<Children.Opened> usable =
                copies.stream().filter(copy -> named(before, copy.uuid(), true)).toList();
        if (usable.isEmpty()) {
            usable = copies.stream()
                    .filter(copy -> !named(before, copy.uuid(), false))
                    .toList();
            if (usable.isEmpty()) throw noneWhole(nexus).exception();
            return ids(usable);
        }
        if (!before.cleanShutdown()) return ids(List.of(localIfAny(usable)));
        return ids(usable);
    }

    private static boolean named(NexusInfo before, ReplicaId replica, boolean healthy) {
        return before.children().stream().anyMatch(child -> child.uuid().equals(replica) && child.healthy() == healthy);
    }

    private static Children.Opened localIfAny(List<Children.Opened> copies) {
        return copies.stream()
                .filter(copy -> copy.uri().startsWith("bdev:"))
                .findFirst()
                .orElse(copies.getFirst());
    }

    private static List<ReplicaId> ids(List<Children.Opened> copies) {
        return copies.stream().map(Children.Opened::uuid).toList();
    }

    private static Refusal noneWhole(String nexus) {
        return new Refusal.FailedPrecondition(
                "none of these copies was whole when nexus '%s' ended".formatted(nexus),
                "name one that its record says is healthy, or remove the record to give up what the others had");
    }
}
