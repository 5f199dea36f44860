package io.orlop.control.guard;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/// Lets only so many in at a time, in the order they came. Whoever leaves hands its place to whoever waits longest, so
/// a place is never free while somebody waits, and nobody who comes later is faster.
///
/// ```
///   inside (2 places)     waiting
///   [ a  b ]              c  d  e        a leaves: its place is c's before c has even woken
/// ```
public final class Turnstile {
    private final Ambient ambient;
    private final int places;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Signal> waiting = new ArrayDeque<>();
    private int inside;

    public Turnstile(Ambient ambient, int places) {
        if (places < 1) throw new IllegalArgumentException("a turnstile with " + places + " places lets nobody in");
        this.ambient = ambient;
        this.places = places;
    }

    /// Goes in, waiting for its turn if need be.
    ///
    /// @return whether the turn came in time; if so, [#leave()] is owed
    /// @throws InterruptedException if it was interrupted while it waited; then it is not inside
    public boolean enter(Duration atMost) throws InterruptedException {
        Signal turn = ambient.signal();
        lock.lock();
        try {
            if (inside < places) {
                inside++;
                return true;
            }
            waiting.add(turn);
        } finally {
            lock.unlock();
        }
        try {
            return turn.await(atMost) || !giveUp(turn);
        } catch (InterruptedException interrupted) {
            if (!giveUp(turn)) leave();
            throw interrupted;
        }
    }

    /// Goes in if there is a place; then nobody waits for it.
    public boolean tryEnter() {
        lock.lock();
        try {
            if (inside == places) return false;
            inside++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    public void leave() {
        lock.lock();
        try {
            Signal next = waiting.poll();
            if (next == null) inside--;
            else next.raise();
        } finally {
            lock.unlock();
        }
    }

    /// @return false if there is nothing to give up: who is not in the queue was given its turn in this very moment
    private boolean giveUp(Signal turn) {
        lock.lock();
        try {
            return waiting.remove(turn);
        } finally {
            lock.unlock();
        }
    }
}
