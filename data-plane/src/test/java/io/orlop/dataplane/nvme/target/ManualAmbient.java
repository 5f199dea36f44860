package io.orlop.dataplane.nvme.target;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// The machine's threads, but a time that passes only when a test says so.
public final class ManualAmbient implements Ambient {
    private record Waiting(long untilNanos, Semaphore wake) {}

    private final List<Waiting> waiting = new ArrayList<>();
    private final Ambient system = Ambient.system();
    private long nanos;
    private long waits;

    /// Lets this much time pass, and those wake up whose wait is over.
    public synchronized void pass(Duration time) {
        nanos += time.toNanos();
        for (Waiting one : waiting) if (one.untilNanos <= nanos) one.wake.release();
        waiting.removeIf(one -> one.untilNanos <= nanos);
    }

    private synchronized Waiting waitFor(Duration time, Semaphore wake) {
        Waiting one = new Waiting(nanos + time.toNanos(), wake);
        waiting.add(one);
        waits++;
        return one;
    }

    private synchronized boolean forget(Waiting one) {
        return waiting.remove(one);
    }

    /// How many threads wait for time to pass.
    synchronized int waiting() {
        return waiting.size();
    }

    /// Returns when threads have begun to wait for time to pass this often, from the start on.
    public void awaitWaits(long count) {
        while (waits() < count) Thread.onSpinWait();
    }

    private synchronized long waits() {
        return waits;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos());
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        Semaphore wake = new Semaphore(0);
        waitFor(time, wake);
        wake.acquire();
    }

    @Override
    public Signal signal() {
        return new Signal() {
            private final Semaphore wake = new Semaphore(0);

            @Override
            public void raise() {
                wake.release();
            }

            @Override
            public void await() throws InterruptedException {
                wake.acquire();
                wake.drainPermits();
            }

            @Override
            public boolean await(Duration atMost) throws InterruptedException {
                Waiting one = waitFor(atMost, wake);
                wake.acquire();
                wake.drainPermits();
                return forget(one);
            }
        };
    }

    @Override
    public ThreadFactory threads() {
        return system.threads();
    }

    @Override
    public RandomGenerator random() {
        return system.random();
    }
}
