package io.orlop.store.history;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The changes of one key in one array of numbers, four to a change, oldest first, behind their count.
/// ```
///   [ count | main create version·sub location | main create version·sub location | (room) ... ]
/// ```
/// One thread writes, any thread reads: the writer fills the place after the last change and then raises the count.
/// When there is no room, or when changes go, it makes another array.
final class Changes {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int STRIDE = 4;
    private static final int MAIN = 1;
    private static final int CREATE = 2;
    private static final int VERSION_AND_SUB = 3;
    private static final int LOCATION = 4;
    private static final int SUB_BITS = 28;

    private Changes() {}

    static long[] of(Change change) {
        long[] packed = new long[1 + STRIDE];
        fill(packed, 0, change);
        packed[0] = 1;
        return packed;
    }

    static int count(long[] packed) {
        return (int) (long) ELEMENT.getAcquire(packed, 0);
    }

    static Change change(long[] packed, int i) {
        int at = i * STRIDE;
        int sub = sub(packed, i);
        long version = packed[at + VERSION_AND_SUB] >>> SUB_BITS;
        long location = (long) ELEMENT.getOpaque(packed, at + LOCATION);
        return new Change(packed[at + MAIN], sub, packed[at + CREATE], version, location);
    }

    static long main(long[] packed, int i) {
        return packed[i * STRIDE + MAIN];
    }

    static int sub(long[] packed, int i) {
        return (int) (packed[i * STRIDE + VERSION_AND_SUB] & (1L << SUB_BITS) - 1);
    }

    static boolean isTombstone(long[] packed, int i) {
        return packed[i * STRIDE + CREATE] == 0;
    }

    /// The last change up to this revision, -1 if there is none. Most readers want the newest: look there first, then
    /// halve.
    static int lastUpTo(long[] packed, long revision) {
        int high = count(packed) - 1;
        if (high < 0 || main(packed, high) <= revision) return high;
        int low = -1;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (main(packed, middle) <= revision) low = middle;
            else high = middle;
        }
        return low;
    }

    /// Adds a change that is later than all others.
    ///
    /// @return the same array, or a larger one in its place
    static long[] append(long[] packed, Change change) {
        int count = count(packed);
        assert count == 0 || main(packed, count - 1) <= change.main() : "revisions never go back";
        long[] roomy = packed;
        if (1 + (count + 1) * STRIDE > packed.length)
            roomy = Arrays.copyOf(packed, 1 + Math.max(1, count * 2) * STRIDE);
        fill(roomy, count, change);
        ELEMENT.setRelease(roomy, 0, (long) (count + 1));
        return roomy;
    }

    private static void fill(long[] packed, int i, Change change) {
        int at = i * STRIDE;
        packed[at + MAIN] = change.main();
        packed[at + CREATE] = change.create();
        packed[at + VERSION_AND_SUB] = change.version() << SUB_BITS | change.sub();
        packed[at + LOCATION] = change.location();
    }

    /// How many of the oldest changes only readers before this revision could see.
    static int forgettable(long[] packed, long revision, Archive archive) {
        int keep = lastUpTo(packed, revision);
        if (keep < 0) return 0;
        boolean isOver = isTombstone(packed, keep) && main(packed, keep) < revision;
        return isOver && !archive.mayTellOfBefore(location(packed, keep)) ? keep + 1 : keep;
    }

    /// How many of the oldest changes can be found elsewhere; the newest does not count.
    static int archived(long[] packed, Archive archive) {
        int count = count(packed);
        int archived = 0;
        while (archived < count - 1 && archive.has(location(packed, archived))) archived++;
        return archived;
    }

    static long[] withoutOldest(long[] packed, int gone) {
        int left = count(packed) - gone;
        long[] smaller = new long[1 + left * STRIDE];
        System.arraycopy(packed, 1 + gone * STRIDE, smaller, 1, left * STRIDE);
        smaller[0] = left;
        return smaller;
    }

    static long location(long[] packed, int i) {
        return (long) ELEMENT.getOpaque(packed, i * STRIDE + LOCATION);
    }

    /// The change of this revision and place, -1 if it is not there.
    static int indexOf(long[] packed, long main, int sub) {
        for (int i = lastUpTo(packed, main); i >= 0 && main(packed, i) == main; i--) {
            if (sub(packed, i) == sub) return i;
        }
        return -1;
    }

    /// The record of a change moved within the log.
    static boolean move(long[] packed, int i, long from, long to) {
        if (i < 0 || location(packed, i) != from) return false;
        ELEMENT.setRelease(packed, i * STRIDE + LOCATION, to);
        return true;
    }
}
