package io.orlop.nexus.children;

import io.orlop.model.NexusChild;
import io.orlop.model.NexusInfo;
import io.orlop.model.ReplicaId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Decides which copies a nexus is built from, so that nobody ever reads what was overwritten.
///
/// ```
///   the nexus before        what its NexusInfo says             use
///   there was none          —                                   every reachable copy: nothing was written yet
///   ended in good order     A healthy, B healthy, C not         A and B
///   did not                 A healthy, B healthy, C not         A or B, one that is local rather
///                                                               ... and the other where that one cannot be opened
/// ```
///
/// A nexus that did not end in good order may have written to A what it could not write to B any more. Either alone is
/// right, both together are not; the others are added later and rebuilt.
///
/// B may be taken after A was tried only while the same record says that B is whole: a nexus writes the record before
/// it serves, so that one built of A, however late, is found there.
public final class ChildPolicy {
    private ChildPolicy() {}

    /// @param before what the nexus before said of its copies; `null` if there was none
    public static ChildDecision decide(List<ChildCandidate> candidates, @Nullable NexusInfo before) {
        var usable = new ArrayList<ChildCandidate>();
        var reasons = new ArrayList<String>();
        for (ChildCandidate candidate : candidates) {
            String why = refusal(candidate, before);
            if (why == null) usable.add(candidate);
            else reasons.add(candidate.child().uri() + ": " + why);
        }
        if (usable.isEmpty()) {
            return new ChildDecision.None(reasons.isEmpty() ? "there are no copies" : String.join("; ", reasons));
        }
        usable.sort(Comparator.comparingInt(ChildCandidate::turn).thenComparing(candidate -> !candidate.local()));
        long count = before == null || before.cleanShutdown() ? usable.size() : 1;
        return new ChildDecision.Use(
                usable.stream().limit(count).map(ChildCandidate::child).collect(Collectors.toList()));
    }

    /// Those that are whole by what the nexus before said, whether or not they can be used now.
    public static List<NexusChild> whole(List<NexusChild> children, NexusInfo before) {
        return children.stream().filter(child -> healthy(child, before)).toList();
    }

    private static @Nullable String refusal(ChildCandidate candidate, @Nullable NexusInfo before) {
        return before != null && !healthy(candidate.child(), before)
                ? "it is not known to be complete"
                : candidate.away();
    }

    private static boolean healthy(NexusChild candidate, NexusInfo before) {
        Optional<ReplicaId> replica = ReplicaId.behind(candidate.uri());
        return before.children().stream()
                .anyMatch(child ->
                        child.healthy() && replica.filter(child.uuid()::equals).isPresent());
    }
}
