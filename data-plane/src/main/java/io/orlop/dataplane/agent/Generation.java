package io.orlop.dataplane.agent;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// A number that moves with every change of what a node reports: whoever saw the node at this number has seen all.
///
/// It begins anywhere, so that a node which was started again is not taken for one where nothing happened. It may move
/// without a change, but not the other way round: it moves after the change is there to be seen.
final class Generation {
    private final AtomicLong number;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    Generation(long first) {
        this.number = new AtomicLong(first);
    }

    long now() {
        return number.get();
    }

    void moved() {
        number.incrementAndGet();
        listeners.forEach(Runnable::run);
    }

    /// Calls this at every move, in the thread that makes it.
    void onMove(Runnable listener) {
        listeners.add(listener);
    }
}
