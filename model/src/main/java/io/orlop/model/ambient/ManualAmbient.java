package io.orlop.model.ambient;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Real threads in a time that stands until somebody moves it: for tests that need no seed.
public final class ManualAmbient implements Ambient {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final SplittableRandom random = new SplittableRandom(1);
    private final ThreadFactory threads = Thread.ofVirtual().factory();
    private long nanos;

    public void advance(Duration time) {
        lock.lock();
        try {
            nanos += time.toNanos();
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos());
    }

    @Override
    public long nanos() {
        lock.lock();
        try {
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        signal().await(time);
    }

    @Override
    public ThreadFactory threads() {
        return threads;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Signal signal() {
        return new Signal() {
            private boolean raised;

            @Override
            public void raise() {
                lock.lock();
                try {
                    raised = true;
                    moved.signalAll();
                } finally {
                    lock.unlock();
                }
            }

            @Override
            public void await() throws InterruptedException {
                awaitUntil(Long.MAX_VALUE);
            }

            @Override
            public boolean await(Duration atMost) throws InterruptedException {
                return awaitUntil(nanos() + atMost.toNanos());
            }

            private boolean awaitUntil(long deadline) throws InterruptedException {
                lock.lockInterruptibly();
                try {
                    while (!raised && nanos < deadline) moved.await();
                    boolean up = raised;
                    raised = false;
                    return up;
                } finally {
                    lock.unlock();
                }
            }
        };
    }
}
