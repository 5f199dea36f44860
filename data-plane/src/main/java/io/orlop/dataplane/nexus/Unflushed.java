package io.orlop.dataplane.nexus;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// What was written since the last flush, which a copy may forget while it is away, and whether anybody can have seen
/// it: by an acknowledgement, or by reading it, which includes what a failed write left.
///
/// Time is counted in flushes. A flush takes the number and counts on; what was written before it began has at most
/// this number:
///
/// ```
///   number       1            2                    3
///         write a   begin → 1    write b   ...  flushed(1)     a: 1, durable     b: 2, not yet
/// ```
final class Unflushed {
    /// As many parts as are told apart, at most.
    private static final int PARTS = 1 << 16;

    private final long part;
    private final AtomicLongArray changedIn;
    private final AtomicLong number = new AtomicLong(1);
    private final AtomicLong seenIn = new AtomicLong();
    /// Nothing is known to be flushed at first: who wrote before, through another nexus, may still have to.
    private final AtomicLong flushedThrough = new AtomicLong(-1);
    private final AtomicLong losses = new AtomicLong();

    interface Ranges {
        void add(long offset, long length);
    }

    Unflushed(long size) {
        long part = 64 << 10;
        while (size / part >= PARTS) part *= 2;
        this.part = part;
        this.changedIn = new AtomicLongArray((int) (size / part) + 1);
    }

    /// To be called when the copies have it, or some may, and before anybody can know.
    void touched(long offset, long length) {
        if (length == 0) return;
        long now = number.get();
        for (long at = offset / part; at <= (offset + length - 1) / part; at++) {
            if (changedIn.get((int) at) < now) changedIn.accumulateAndGet((int) at, now, Math::max);
        }
    }

    /// To be called before it can be seen, and not for what is on the far side of lost ways: nobody reads that before
    /// it
    /// is made equal.
    void seen() {
        long now = number.get();
        if (seenIn.get() < now) seenIn.accumulateAndGet(now, Math::max);
    }

    /// @return to be handed to [#flushed]
    long begin() {
        return number.getAndIncrement();
    }

    void flushed(long begun) {
        flushedThrough.accumulateAndGet(begun, Math::max);
    }

    boolean anything() {
        return seenIn.get() > flushedThrough.get();
    }

    /// Something may be forgotten that was read or acknowledged.
    void lose() {
        losses.incrementAndGet();
    }

    /// How often something was lost: who was there before, and was promised it, must be told for ever.
    long losses() {
        return losses.get();
    }

    /// Where it was written.
    void parts(Ranges ranges) {
        long flushed = Math.max(0, flushedThrough.get());
        long start = -1;
        for (int at = 0; at <= changedIn.length(); at++) {
            boolean changed = at < changedIn.length() && changedIn.get(at) > flushed;
            if (changed && start < 0) start = at * part;
            if (changed || start < 0) continue;
            ranges.add(start, at * part - start);
            start = -1;
        }
    }
}
