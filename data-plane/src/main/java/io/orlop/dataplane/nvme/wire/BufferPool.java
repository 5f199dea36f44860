package io.orlop.dataplane.nvme.wire;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Direct buffers, used again and again: of 4 KiB, 8 KiB and so on to the largest transfer. It bounds only what lies
/// idle; what is in use is bounded by [Memory].
public final class BufferPool implements ReadBuffers {
    private static final int SMALLEST_SHIFT = 12;
    private static final int CLASSES = 1 + Integer.numberOfTrailingZeros(Limits.TRANSFER_BYTES) - SMALLEST_SHIFT;
    private static final long IDLE_MAX = 24 << 20;

    private final ConcurrentLinkedQueue<ByteBuffer>[] shelves = shelves();
    private final AtomicLong idle = new AtomicLong();

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ConcurrentLinkedQueue<ByteBuffer>[] shelves() {
        ConcurrentLinkedQueue[] all = new ConcurrentLinkedQueue[CLASSES];
        for (int i = 0; i < CLASSES; i++) all[i] = new ConcurrentLinkedQueue<ByteBuffer>();
        return all;
    }

    /// How large a buffer for so many bytes is.
    public static int classOf(int length) {
        return 1 << SMALLEST_SHIFT + shelf(length);
    }

    private static int shelf(int length) {
        if (length > Limits.TRANSFER_BYTES) throw new IllegalArgumentException(length + " bytes are no one transfer");
        return Math.max(0, 32 - Integer.numberOfLeadingZeros(Math.max(1, length) - 1) - SMALLEST_SHIFT);
    }

    /// A buffer with this many bytes remaining.
    @Override
    public ByteBuffer take(int length) {
        ByteBuffer buffer = shelves[shelf(length)].poll();
        if (buffer == null) return ByteBuffer.allocateDirect(classOf(length)).limit(length);
        idle.addAndGet(-buffer.capacity());
        return buffer.clear().limit(length);
    }

    @Override
    public void give(ByteBuffer buffer) {
        if (idle.addAndGet(buffer.capacity()) <= IDLE_MAX) shelves[shelf(buffer.capacity())].add(buffer);
        else idle.addAndGet(-buffer.capacity());
    }
}
