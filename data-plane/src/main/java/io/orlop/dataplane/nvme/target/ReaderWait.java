package io.orlop.dataplane.nvme.target;

import io.orlop.model.ambient.Signal;
import java.io.IOException;
import java.io.InterruptedIOException;

/// A connection's reader, waiting for memory.
final class ReaderWait implements Budget.Waiter {
    private final Signal signal;
    private volatile boolean dropped;

    ReaderWait(Signal signal) {
        this.signal = signal;
    }

    /// @return the same, granted
    Lot until(Lot lot) throws IOException {
        if (lot.claim(this)) return lot;
        try {
            signal.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for memory");
        }
        if (dropped) throw new IOException("the connection ended while a command waited for memory");
        return lot;
    }

    @Override
    public void granted() {
        signal.raise();
    }

    @Override
    public void dropped() {
        dropped = true;
        signal.raise();
    }
}
