package io.orlop.dataplane.disk;

import java.util.concurrent.atomic.AtomicLong;

/// The part of the heap that disks in memory may fill, all of a process's together. A disk takes its whole size when it
/// is opened, though its chunks are made as they are written: one that is written full must not be the process's end.
final class HeapShare {
    private static final long MIB = 1 << 20;

    /// The other half is for everything else the process does.
    static final HeapShare OF_PROCESS = new HeapShare(Runtime.getRuntime().maxMemory() / 2 / MIB * MIB);

    private final long size;
    private final AtomicLong left;

    HeapShare(long size) {
        this.size = size;
        this.left = new AtomicLong(size);
    }

    long size() {
        return size;
    }

    long left() {
        return left.get();
    }

    /// @return whether there was so much
    boolean take(long bytes) {
        return left.getAndUpdate(now -> bytes <= now ? now - bytes : now) >= bytes;
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
    }
}
