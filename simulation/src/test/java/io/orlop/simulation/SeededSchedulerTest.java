package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeededSchedulerTest {
    /// Eight threads that sleep, lock and signal; what they do, in the order they do it.
    private static List<String> traceOf(long seed) {
        var scheduler = new SeededScheduler(seed);
        Ambient process = scheduler.process("p");
        var trace = new ArrayList<String>();
        var lock = new ReentrantLock();
        Signal signal = process.signal();
        for (int i = 0; i < 8; i++) {
            String name = "t" + i;
            process.start(name, () -> {
                try {
                    for (int round = 0; round < 6; round++) {
                        process.sleep(Duration.ofMillis(process.random().nextInt(3)));
                        lock.lock();
                        try {
                            trace.add(name + "@" + process.nanos());
                            process.sleep(Duration.ofMillis(1));
                        } finally {
                            lock.unlock();
                        }
                        if (round % 2 == 0) signal.raise();
                        else trace.add(name + (signal.await(Duration.ofMillis(2)) ? " raised" : " timed out"));
                    }
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
        scheduler.run();
        return trace;
    }

    @Test
    void oneSeedIsOneTrace() {
        for (long seed = 1; seed <= 20; seed++) {
            List<String> first = traceOf(seed);
            assertThat(first).hasSizeGreaterThan(48);
            for (int again = 0; again < 5; again++) assertThat(traceOf(seed)).isEqualTo(first);
        }
    }

    @Test
    void seedsDiffer() {
        assertThat(LongStream.rangeClosed(1, 20)
                        .mapToObj(SeededSchedulerTest::traceOf)
                        .distinct())
                .hasSizeGreaterThan(15);
    }

    @SeededTest(seeds = 20)
    void aCrashedProcessDoesNothingMore(SeededScheduler scheduler) {
        SeededAmbient doomed = scheduler.process("doomed");
        var done = new ArrayList<String>();
        doomed.start("worker", () -> {
            try {
                done.add("before");
                doomed.sleep(Duration.ofSeconds(2));
                done.add("after");
            } catch (InterruptedException e) {
                done.add("interrupted");
            } finally {
                done.add("cleaned up");
            }
        });
        scheduler.runFor(Duration.ofSeconds(1));
        doomed.crash();
        scheduler.run();
        assertThat(done).containsExactly("before");
    }

    @SeededTest(seeds = 5)
    void anInterruptEndsASleepAndAWait(SeededScheduler scheduler) {
        Ambient process = scheduler.process("p");
        var ended = new ArrayList<String>();
        Thread sleeper = process.start("sleeper", () -> {
            try {
                process.sleep(Duration.ofDays(1));
            } catch (InterruptedException e) {
                ended.add("sleeper");
            }
        });
        Thread waiter = process.start("waiter", () -> {
            try {
                process.signal().await();
            } catch (InterruptedException e) {
                ended.add("waiter");
            }
        });
        scheduler.runFor(Duration.ofSeconds(1));
        sleeper.interrupt();
        waiter.interrupt();
        scheduler.run();
        assertThat(ended).containsExactlyInAnyOrder("sleeper", "waiter");
        assertThat(scheduler.elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void realTimeInASimulationIsAnError() {
        var scheduler = new SeededScheduler(1);
        Ambient process = scheduler.process("p");
        // So long that it has come to rest before its time is over, also on a busy machine.
        Thread cheat = process.start("cheat", () -> java.util.concurrent.locks.LockSupport.parkNanos(200_000_000));
        scheduler.run();
        // The JDK's own timer wakes it, outside of every turn.
        assertThatThrownBy(() -> {
                    while (cheat.isAlive()) scheduler.run();
                })
                .hasMessageContaining("real time");
    }

    @Test
    void whatKillsASimulatedThreadFailsTheTest() {
        var scheduler = new SeededScheduler(1);
        scheduler.process("p").start("t", () -> {
            throw new IllegalStateException("oops");
        });
        assertThatThrownBy(scheduler::run).hasMessageContaining("oops");
    }
}
