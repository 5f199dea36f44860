package io.orlop.volume;

import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Lets only so many volumes be created at a time, in the order they were asked for, and turns away who has waited too
/// long: a burst of claims must not make every one of them late.
final class CreateLimit {
    private final Ambient ambient;
    private final int most;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Signal> queue = new ArrayDeque<>();
    private int running;

    CreateLimit(Ambient ambient, int most, Duration patience) {
        this.ambient = ambient;
        this.most = most;
        this.patience = patience;
    }

    <R> R within(String what, Supplier<R> creation) {
        enter(what);
        try {
            return creation.get();
        } finally {
            leave();
        }
    }

    private void enter(String what) {
        Signal turn = ambient.signal();
        lock.lock();
        try {
            if (running < most) {
                running++;
                return;
            }
            queue.add(turn);
        } finally {
            lock.unlock();
        }
        if (!myTurn(turn)) {
            throw new Refusal.Aborted(
                            "%s waited %d s while %d others were created".formatted(what, patience.toSeconds(), most),
                            "try again")
                    .exception();
        }
    }

    private boolean myTurn(Signal turn) {
        try {
            if (turn.await(patience)) return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            // Not in the queue any more: it was given its turn in this very moment.
            return !queue.remove(turn);
        } finally {
            lock.unlock();
        }
    }

    /// Whoever leaves gives its place to whoever waits longest.
    private void leave() {
        lock.lock();
        try {
            Signal next = queue.poll();
            if (next == null) running--;
            else next.raise();
        } finally {
            lock.unlock();
        }
    }
}
