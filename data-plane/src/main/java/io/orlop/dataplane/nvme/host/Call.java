package io.orlop.dataplane.nvme.host;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One thread waiting for one or more commands. It waits until all have ended, also after one has failed or the
/// thread was interrupted: until then its buffer is in use.
final class Call {
    private final Thread waiter = Thread.currentThread();
    private final AtomicInteger outstanding;
    private volatile @Nullable IOException failure;
    private volatile long result;

    Call(int commands) {
        outstanding = new AtomicInteger(commands);
    }

    void succeeded(long value) {
        result = value;
        ended();
    }

    void failed(IOException cause) {
        failure = cause;
        ended();
    }

    /// @return the last command's result
    /// @throws IOException if any of the commands failed
    long await() throws IOException {
        boolean interrupted = false;
        while (outstanding.get() > 0) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) Thread.currentThread().interrupt();
        if (failure != null) throw failure;
        return result;
    }

    private void ended() {
        if (outstanding.decrementAndGet() == 0) LockSupport.unpark(waiter);
    }
}
