package io.orlop.store.log;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/// Room put aside on the disk, as a file of zeros. When a write finds the disk full, the file goes and the write is
/// done again: so deletions and compactions, which give room back, still work when others have filled the disk. One
/// thread puts it aside, another may find the disk full meanwhile.
final class Reserve {
    static final String FILE = "reserve";
    private static final int WRITE_BYTES = 1 << 20;

    private final Directory disk;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile boolean spent;

    Reserve(Directory disk) {
        this.disk = disk;
    }

    /// Whether it was needed and is not there again.
    boolean isSpent() {
        return spent;
    }

    /// Puts this much aside. If there is no room, there is no reserve.
    void keep(long bytes) {
        changing.lock();
        try {
            if (disk.names().contains(FILE)) {
                try (DiskFile file = disk.open(FILE)) {
                    if (file.size() >= bytes) {
                        spent = false;
                        return;
                    }
                }
                disk.delete(FILE);
            }
            try (DiskFile file = disk.create(FILE)) {
                for (long at = 0; at < bytes; at += WRITE_BYTES) {
                    file.write(at, ByteBuffer.allocate((int) Math.min(WRITE_BYTES, bytes - at)));
                }
                file.force();
            }
            disk.forceNames();
            spent = false;
        } catch (IOException full) {
            release();
        } finally {
            changing.unlock();
        }
    }

    /// @return whether there is more room now
    boolean release() {
        changing.lock();
        try {
            spent = true;
            if (!disk.names().contains(FILE)) return false;
            disk.delete(FILE);
            disk.forceNames();
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            changing.unlock();
        }
    }
}
