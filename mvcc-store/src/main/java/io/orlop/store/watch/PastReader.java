package io.orlop.store.watch;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Reads the past beside the hub, one slice at a time. Whoever calls [#turn] does the work: a thread of its own, or the
/// hub's where there is none.
final class PastReader {
    private final Signal given;
    private final AtomicReference<@Nullable Runnable> slice = new AtomicReference<>();
    private volatile boolean hasThread;
    private volatile boolean closed;

    /// Whether the hub waits for what it was given. The hub's alone.
    boolean busy;

    PastReader(Ambient ambient) {
        this.given = ambient.signal();
    }

    boolean hasThread() {
        return hasThread;
    }

    void give(Runnable work) {
        slice.set(work);
        given.raise();
    }

    void turn() {
        Runnable work = slice.getAndSet(null);
        if (work != null) work.run();
    }

    void run() {
        hasThread = true;
        try {
            while (!closed) {
                turn();
                given.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        closed = true;
        given.raise();
    }
}
