package io.orlop.store.log;

import java.util.Arrays;

/// Some places in a segment by revision, about a mebibyte apart, so that nobody who looks for a revision reads much
/// before it.
/// ```
///   revisions     120   │  180   │  240         whatever changed after 180 is at 2.1 M or further on
///   offsets        64   │  2.1 M │  3.2 M
/// ```
final class Marks {
    private static final long APART_BYTES = 1 << 20;

    static final Marks NONE = new Marks(new long[0], new long[0]);

    private final long[] revisions;
    private final long[] offsets;

    private Marks(long[] revisions, long[] offsets) {
        this.revisions = revisions;
        this.offsets = offsets;
    }

    /// Where to begin to look for what changed after this revision.
    ///
    /// @param start where to begin if no mark is before it
    long offsetAfter(long revision, long start) {
        int low = 0;
        int high = revisions.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (revisions[middle] <= revision) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? start : offsets[low - 1];
    }

    /// Whatever changed after this revision is at this offset or further on.
    Marks with(long revision, long offset) {
        int count = revisions.length;
        if (offset < (count == 0 ? 0 : offsets[count - 1]) + APART_BYTES) return this;
        long[] moreRevisions = Arrays.copyOf(revisions, count + 1);
        long[] moreOffsets = Arrays.copyOf(offsets, count + 1);
        moreRevisions[count] = revision;
        moreOffsets[count] = offset;
        return new Marks(moreRevisions, moreOffsets);
    }
}
