package io.orlop.dataplane.nvme.target;

import io.orlop.model.ambient.Signal;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/// The answers of a connection that wait to be sent. A host that sends commands and takes no answers gets no further
/// than its queue is long: its connection is not read until some are taken.
final class Unsent {
    private final int most;
    private final Signal room;
    private final AtomicInteger count = new AtomicInteger();
    private final Runnable sent = this::leave;

    Unsent(int most, Signal room) {
        this.most = most;
        this.room = room;
    }

    /// One more is about to be sent.
    ///
    /// @return to be run when it was, or never will be
    Runnable enter() {
        count.incrementAndGet();
        return sent;
    }

    private void leave() {
        if (count.decrementAndGet() == most) room.raise();
    }

    /// Only for the one who reads the connection.
    void awaitRoom() throws InterruptedIOException {
        try {
            while (count.get() > most) room.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a host took no answers");
        }
    }
}
