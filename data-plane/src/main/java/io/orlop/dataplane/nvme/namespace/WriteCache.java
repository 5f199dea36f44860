package io.orlop.dataplane.nvme.namespace;

import io.orlop.dataplane.block.BlockDevice;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A device's volatile cache as the hosts of one controller see it. What a flush that failed has lost does not come
/// back: the next one may succeed because there is nothing left to write. So none succeeds any more, until the host
/// establishes the controller anew and knows that it starts from what is on the device.
///
/// Flushes take turns, and one that began after others came is theirs as well: none of them can be told of success
/// beside one that fails.
public final class WriteCache {
    private final BlockDevice device;
    private final ReentrantLock turn = new ReentrantLock();
    private final AtomicLong arrivals = new AtomicLong();
    private long flushed;
    private volatile @Nullable Throwable failure;

    public WriteCache(BlockDevice device) {
        this.device = device;
    }

    public void flush() throws IOException {
        long mine = arrivals.incrementAndGet();
        turn.lock();
        try {
            if (failure instanceof Throwable first) {
                throw new IOException("an earlier flush failed: " + first.getMessage(), first);
            }
            if (flushed >= mine) return;
            long all = arrivals.get();
            device.flush();
            flushed = all;
        } catch (IOException | RuntimeException | Error e) {
            if (failure == null) failure = e;
            throw e;
        } finally {
            turn.unlock();
        }
    }

    public boolean failed() {
        return failure != null;
    }
}
