package io.orlop.volume.copies;

import io.orlop.model.NodeId;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Which copy a volume can do without most easily.
public final class CopyRanking {
    private CopyRanking() {}

    /// The least healthy first, and of those that are equally so, the one that is far from the nexus.
    public static Comparator<Copy> worstFirst(boolean served, @Nullable NodeId target) {
        return Comparator.<Copy, Condition>comparing(copy -> copy.condition(served))
                .thenComparing(CopyRanking::progress)
                .thenComparing(copy -> copy.node().equals(target))
                .thenComparing(Copy::id);
    }

    private static int progress(Copy copy) {
        return copy.child() == null || copy.child().rebuildPercent() == null
                ? 0
                : copy.child().rebuildPercent();
    }
}
