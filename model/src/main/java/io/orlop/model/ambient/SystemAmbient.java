package io.orlop.model.ambient;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

enum SystemAmbient implements Ambient {
    INSTANCE;

    private final ThreadFactory threads = Thread.ofVirtual().factory();

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    @Override
    public Signal signal() {
        return new SemaphoreSignal();
    }

    @Override
    public ThreadFactory threads() {
        return threads;
    }

    @Override
    public Thread startNative(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name(name).start(work);
    }

    @Override
    public RandomGenerator random() {
        return ThreadLocalRandom.current();
    }

    /// A semaphore that never holds more than one permit for long: surplus permits are drained by whoever waits.
    private static final class SemaphoreSignal implements Signal {
        private final Semaphore raised = new Semaphore(0);

        @Override
        public void raise() {
            if (raised.availablePermits() == 0) raised.release();
        }

        @Override
        public void await() throws InterruptedException {
            raised.acquire();
            raised.drainPermits();
        }

        @Override
        public boolean await(Duration atMost) throws InterruptedException {
            boolean up = raised.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
            if (up) raised.drainPermits();
            return up;
        }
    }
}
