package io.orlop.store.log;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What some segments hold, the older before the newer, all as of one compaction; segments that are missing hold
/// nothing dead. Belongs to one thread.
public final class Census {
    private final List<Holdings> all = new ArrayList<>();
    private final Set<Integer> cleaned = new HashSet<>();
    private long newlyDead;

    /// More records are dead than were when somebody looked before.
    void foundDead(long more) {
        newlyDead += more;
    }

    /// How many records nobody needs any more that somebody needed when this was last looked at.
    public long newlyDead() {
        return newlyDead;
    }

    void add(Holdings holdings) {
        all.add(holdings);
    }

    /// Closed segments, oldest first, of which no more than this share must stay.
    public List<Integer> worthwhile(double aliveMax) {
        List<Integer> worthwhile = new ArrayList<>();
        boolean olderAreClean = true;
        for (Holdings holdings : all) {
            if (holdings.isWorthwhile(aliveMax, olderAreClean)) worthwhile.add(holdings.segment());
            olderAreClean &= holdings.isClean();
        }
        return worthwhile;
    }

    boolean olderAreClean(int segment) {
        for (Holdings holdings : all) {
            if (holdings.segment() == segment) return true;
            if (!holdings.isClean() && !cleaned.contains(holdings.segment())) return false;
        }
        return true;
    }

    /// Nothing dead is left of this segment.
    void cleaned(int segment) {
        cleaned.add(segment);
    }
}
