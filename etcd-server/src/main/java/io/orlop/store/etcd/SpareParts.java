package io.orlop.store.etcd;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Arrays in which answers were encoded and that may be used again. A new one would be cleared first, in memory that is
/// far from the processor: for an answer of 30 KiB that takes longer than to encode it.
final class SpareParts {
    /// The largest answer that the door copies into one piece: see `WholeAnswers`.
    static final int PART_BYTES = 48 << 10;

    private static final int KEPT_MAX = 64;

    private final Queue<byte[]> kept = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    byte[] take() {
        byte[] part = kept.poll();
        if (part == null) return new byte[PART_BYTES];
        count.decrementAndGet();
        return part;
    }

    /// Nobody looks into this array any more.
    void giveBack(byte[] part) {
        if (part.length != PART_BYTES) return;
        if (count.incrementAndGet() <= KEPT_MAX) kept.add(part);
        else count.decrementAndGet();
    }
}
