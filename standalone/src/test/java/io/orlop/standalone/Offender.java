package io.orlop.standalone;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Does everything that nothing simulated may do, so that the rules can be seen to see it.
final class Offender {
    private final CountDownLatch latch = new CountDownLatch(1);
    private final Object monitor = new Object();
    private int count;

    void sleepsForMillis() throws InterruptedException {
        Thread.sleep(1);
    }

    void sleepsForADuration() throws InterruptedException {
        Thread.sleep(Duration.ofMillis(1));
    }

    Instant readsTheClock() {
        return Instant.now();
    }

    long measures() {
        return System.nanoTime();
    }

    Thread startsAThread() {
        return Thread.startVirtualThread(this::isSynchronized);
    }

    boolean awaitsWithALimit() throws InterruptedException {
        return latch.await(1, TimeUnit.SECONDS);
    }

    int makesARandom() {
        return new Random().nextInt();
    }

    int takesAnyRandom() {
        return RandomGenerator.getDefault().nextInt();
    }

    int asksTheThreadsRandom() {
        return ThreadLocalRandom.current().nextInt();
    }

    double callsMathRandom() {
        return Math.random();
    }

    UUID makesAUuid() {
        return UUID.randomUUID();
    }

    void entersAMonitor() {
        synchronized (monitor) {
            count++;
        }
    }

    synchronized void isSynchronized() {
        count++;
    }
}
