package io.orlop.simulation;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// What one simulated process has of time, threads and chance, until it crashes.
public final class SeededAmbient implements Ambient {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final SeededScheduler scheduler;
    private final String name;
    private final Random random;
    private final ThreadFactory threads;
    private boolean crashed;

    SeededAmbient(SeededScheduler scheduler, String name, Random random) {
        this.scheduler = scheduler;
        this.name = name;
        this.random = random;
        this.threads = scheduler.threads(this);
    }

    /// Ends the process between two instructions: none of its threads runs again, nothing is cleaned up.
    public void crash() {
        crashed = true;
    }

    public boolean isCrashed() {
        return crashed;
    }

    /// Where the process runs: its name without the count of its lives.
    String machine() {
        int life = name.indexOf('#');
        return life < 0 ? name : name.substring(0, life);
    }

    @Override
    public Instant now() {
        return START.plusNanos(scheduler.nowNanos());
    }

    @Override
    public long nanos() {
        return scheduler.nowNanos();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        if (scheduler.isCarrier()) {
            scheduler.runFor(time);
            return;
        }
        long deadline = scheduler.nowNanos() + time.toNanos();
        SeededScheduler.Wake wake = scheduler.wakeAt(deadline, this);
        while (scheduler.nowNanos() < deadline) {
            park(wake);
        }
    }

    @Override
    public Signal signal() {
        return new SeededSignal(scheduler, this);
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
    public String toString() {
        return name;
    }

    private void park(SeededScheduler.Wake wake) throws InterruptedException {
        LockSupport.park(this);
        if (Thread.interrupted()) {
            scheduler.forget(wake);
            throw new InterruptedException();
        }
    }
}
