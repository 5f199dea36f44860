package io.orlop.store.history;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/// What was asked for lately, a bit for each, by its location's hash: two may share a bit, and then one counts as asked
/// for that was not. When a quarter of the bits is taken, all is forgotten and it begins anew; so no more than one in
/// four is taken for another, one in eight as a rule.
final class Asked {
    private static final int BITS_EACH = 4;
    private static final int LOG_MIN = 10;
    private static final int LOG_MAX = 26;

    private static final class Marks {
        final AtomicLongArray bits;
        final AtomicInteger taken = new AtomicInteger();

        Marks(int log) {
            bits = new AtomicLongArray(1 << log - 6);
        }
    }

    private final int log;
    private volatile Marks marks;

    /// @param most how many to tell apart
    Asked(long most) {
        int wanted = Long.SIZE - Long.numberOfLeadingZeros(BITS_EACH * most);
        this.log = Math.clamp(wanted, LOG_MIN, LOG_MAX);
        this.marks = new Marks(log);
    }

    /// Whether it was asked for before; from now on it was.
    boolean before(long location) {
        Marks now = marks;
        int hash = (int) (location * 0x9E37_79B9_7F4A_7C15L >>> 64 - log);
        long bit = 1L << (hash & 63);
        long word = now.bits.get(hash >>> 6);
        if ((word & bit) != 0) return true;
        now.bits.getAndAccumulate(hash >>> 6, bit, (some, more) -> some | more);
        if (now.taken.incrementAndGet() > 1 << log - 2 && marks == now) marks = new Marks(log);
        return false;
    }
}
