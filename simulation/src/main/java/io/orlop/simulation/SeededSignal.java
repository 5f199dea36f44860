package io.orlop.simulation;

import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A signal in virtual time. One carrier runs everything, so plain fields will do. Where the carrier itself waits (a
/// test that closes a service), it runs the world meanwhile.
final class SeededSignal implements Signal {
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final SeededScheduler scheduler;
    private final SeededAmbient process;
    private final Deque<Thread> waiters = new ArrayDeque<>();
    private boolean raised;

    SeededSignal(SeededScheduler scheduler, SeededAmbient process) {
        this.scheduler = scheduler;
        this.process = process;
    }

    @Override
    public void raise() {
        raised = true;
        Thread first = waiters.peek();
        if (first != null) LockSupport.unpark(first);
    }

    @Override
    public void await() throws InterruptedException {
        if (scheduler.isCarrier()) scheduler.runUntil("a signal that the test waits for", () -> raised, PATIENCE);
        while (!raised) park(null);
        raised = false;
    }

    @Override
    public boolean await(Duration atMost) throws InterruptedException {
        if (scheduler.isCarrier()) {
            scheduler.runWhile(() -> !raised, atMost);
        } else if (!raised && atMost.isPositive()) {
            long deadline = deadline(atMost);
            SeededScheduler.Wake wake = scheduler.wakeAt(deadline, process);
            while (!raised && scheduler.nowNanos() < deadline) park(wake);
            scheduler.forget(wake);
        }
        boolean up = raised;
        raised = false;
        return up;
    }

    private long deadline(Duration atMost) {
        long now = scheduler.nowNanos();
        long nanos =
                atMost.compareTo(Duration.ofNanos(Long.MAX_VALUE - now)) < 0 ? atMost.toNanos() : Long.MAX_VALUE - now;
        return now + nanos;
    }

    private void park(SeededScheduler.@Nullable Wake wake) throws InterruptedException {
        Thread me = Thread.currentThread();
        waiters.add(me);
        LockSupport.park(this);
        waiters.remove(me);
        if (Thread.interrupted()) {
            if (wake != null) scheduler.forget(wake);
            // Whoever raised it meant one of those who wait.
            if (raised && !waiters.isEmpty()) LockSupport.unpark(waiters.peek());
            throw new InterruptedException();
        }
    }
}
