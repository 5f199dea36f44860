package io.orlop.store.log;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What some segments hold, the older before the newer, all as of one compaction; segments that are missing hold
/// nothing dead. Belongs to one thread.
public final class Tallies {
    private final List<Tally> tallies = new ArrayList<>();
    private final Set<Integer> cleaned = new HashSet<>();

    void add(Tally tally) {
        tallies.add(tally);
    }

    /// Closed segments, oldest first, of which no more than this share must stay.
    public List<Integer> worthwhile(double aliveMax) {
        List<Integer> worthwhile = new ArrayList<>();
        boolean olderAreClean = true;
        for (Tally tally : tallies) {
            if (tally.isWorthwhile(aliveMax, olderAreClean)) worthwhile.add(tally.segment());
            olderAreClean &= tally.isClean();
        }
        return worthwhile;
    }

    boolean olderAreClean(int segment) {
        for (Tally tally : tallies) {
            if (tally.segment() == segment) return true;
            if (!tally.isClean() && !cleaned.contains(tally.segment())) return false;
        }
        return true;
    }

    /// Nothing dead is left of this segment.
    void cleaned(int segment) {
        cleaned.add(segment);
    }
}
