package io.orlop.dataplane.nvme;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Direct buffers for the data of commands, used again and again. It bounds only what lies idle; what is in use is
/// bounded by each connection.
final class BufferPool {
    static final int SMALL_BYTES = 8 << 10;
    private static final int IDLE_SMALL = 1024;
    private static final int IDLE_LARGE = 128;

    private final Shelf small = new Shelf(SMALL_BYTES, IDLE_SMALL);
    private final Shelf large = new Shelf(Limits.TRANSFER_BYTES, IDLE_LARGE);

    /// A buffer with this many bytes remaining.
    ByteBuffer take(int length) {
        if (length > Limits.TRANSFER_BYTES) throw new IllegalArgumentException(length + " bytes are no one transfer");
        return (length <= SMALL_BYTES ? small : large).take().clear().limit(length);
    }

    void give(ByteBuffer buffer) {
        (buffer.capacity() == SMALL_BYTES ? small : large).give(buffer);
    }

    private static final class Shelf {
        private final int bytes;
        private final int idleMax;
        private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();
        private final AtomicInteger count = new AtomicInteger();

        Shelf(int bytes, int idleMax) {
            this.bytes = bytes;
            this.idleMax = idleMax;
        }

        ByteBuffer take() {
            ByteBuffer buffer = idle.poll();
            if (buffer == null) return ByteBuffer.allocateDirect(bytes);
            count.decrementAndGet();
            return buffer;
        }

        void give(ByteBuffer buffer) {
            if (count.incrementAndGet() <= idleMax) idle.add(buffer);
            else count.decrementAndGet();
        }
    }
}
