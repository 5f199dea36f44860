package io.orlop.nexus.children;

import io.orlop.model.NexusChild;
import org.jspecify.annotations.Nullable;

/// A copy that a nexus might be built from.
///
/// @param away why it cannot be used now, a clause; `null` if it can, as far as is known
/// @param turn 0, or higher the later it was last tried in vain: others have their turn first
public record ChildCandidate(NexusChild child, @Nullable String away, int turn) {
    public static ChildCandidate here(NexusChild child) {
        return new ChildCandidate(child, null, 0);
    }

    public static ChildCandidate away(NexusChild child, String why) {
        return new ChildCandidate(child, why, 0);
    }

    public ChildCandidate inTurn(int turn) {
        return new ChildCandidate(child, away, turn);
    }

    /// Whether it is a device of the nexus's own node.
    boolean local() {
        return child.uri().startsWith("bdev:");
    }
}
