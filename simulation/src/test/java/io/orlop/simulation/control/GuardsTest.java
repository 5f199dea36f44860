package io.orlop.simulation.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.RefusalException;
import io.orlop.simulation.SeededAmbient;
import io.orlop.simulation.SeededScheduler;
import io.orlop.simulation.SeededTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

class GuardsTest {
    private static final List<Guarded> RESOURCES = List.of(
            Guarded.of(new NodeId("a")),
            Guarded.of(new PoolId("p")),
            Guarded.of(new NodeId("b")),
            Guarded.of(new PoolId("q")));
    private static final Guarded POOL = RESOURCES.get(1);

    @SeededTest
    void eachResourceHasOneHolderAndNobodyWaitsForEver(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var guards = new Guards(process);
        var held = new TreeSet<Guarded>();
        var ended = new ArrayList<String>();
        for (int i = 0; i < 8; i++) {
            process.start("changer", () -> {
                try {
                    for (int round = 0; round < 10; round++) {
                        var mine = new ArrayList<Guarded>();
                        for (Guarded each : RESOURCES) if (process.random().nextBoolean()) mine.add(each);
                        try (Guard _ = guards.acquireAll(mine)) {
                            for (Guarded each : mine) assertThat(held.add(each)).isTrue();
                            process.sleep(Duration.ofMillis(process.random().nextInt(100)));
                            held.removeAll(mine);
                        } catch (RefusalException refused) {
                            assertThat(refused).hasMessageContaining("another operation on");
                        }
                    }
                    ended.add("ended");
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
        scheduler.run();
        assertThat(ended).hasSize(8);
        assertThat(guards.tryAcquireAll(RESOURCES)).isPresent();
    }

    @SeededTest(seeds = 10)
    void aSecondCallerIsRefusedAfterASecond(SeededScheduler scheduler) throws Exception {
        SeededAmbient process = scheduler.process("p");
        var guards = new Guards(process);
        Guarded pool = RESOURCES.get(1);
        Guard first = guards.acquire(pool);
        assertThat(guards.tryAcquire(pool)).isEmpty();
        assertThatThrownBy(() -> scheduler.call(process, () -> guards.acquire(pool)))
                .isInstanceOf(RefusalException.class)
                .hasMessage("another operation on pool p is in progress: retry when it has ended");
        assertThat(scheduler.elapsed()).isEqualTo(Duration.ofSeconds(1));
        first.close();
        first.close();
        assertThat(scheduler.call(process, () -> guards.acquire(pool))).isNotNull();
    }

    /// Takes the pool's guard once, holds it for so long, and says so.
    private static Thread holder(
            SeededAmbient process, Guards guards, String name, Duration held, List<String> holders) {
        return process.start(name, () -> {
            try (Guard _ = guards.acquire(POOL)) {
                holders.add(name);
                process.sleep(held);
            } catch (RefusalException refused) {
                holders.add(name + " refused");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @SeededTest
    void whoWaitsLongestIsNextAndNobodyOvertakes(SeededScheduler scheduler) {
        // Given a guard that is taken, and five who wait for it, one after the other
        SeededAmbient process = scheduler.process("p");
        var guards = new Guards(process);
        var holders = new ArrayList<String>();
        for (int i = 0; i < 6; i++) {
            holder(process, guards, "caller" + i, Duration.ofMillis(70), holders);
            scheduler.runFor(Duration.ofMillis(5));
        }
        // When the guard goes from one to the next, somebody who does not wait never gets it
        scheduler.always(() -> {
            if (holders.size() < 6) assertThat(guards.tryAcquire(POOL)).isEmpty();
        });
        scheduler.run();
        // Then all had it in the order in which they came, without a pause
        assertThat(holders).containsExactly("caller0", "caller1", "caller2", "caller3", "caller4", "caller5");
        assertThat(scheduler.elapsed()).isEqualTo(Duration.ofMillis(6 * 70));
        assertThat(guards.tryAcquire(POOL)).isPresent();
    }

    @SeededTest
    void whoGivesUpLeavesTheQueue(SeededScheduler scheduler) {
        // Given a guard that is taken for a second, and two who wait, of whom the first is stopped, at times in the
        // very moment in which its turn comes
        SeededAmbient process = scheduler.process("p");
        var guards = new Guards(process);
        var holders = new ArrayList<String>();
        holder(process, guards, "first", Duration.ofMillis(500), holders);
        scheduler.runFor(Duration.ofMillis(1));
        Thread stopped = process.start("stopped", () -> {
            try (Guard _ = guards.acquire(POOL)) {
                holders.add("stopped had it");
            } catch (RefusalException refused) {
                holders.add("stopped");
            }
        });
        scheduler.runFor(Duration.ofMillis(1));
        holder(process, guards, "last", Duration.ofMillis(10), holders);
        process.start("stopper", () -> {
            try {
                process.sleep(Duration.ofMillis(498));
                stopped.interrupt();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        scheduler.run();
        // Then the other has its turn all the same
        assertThat(holders).hasSize(3).startsWith("first").contains("last");
        assertThat(guards.tryAcquire(POOL)).isPresent();
    }

    @SeededTest(seeds = 10)
    void aCallerWithLittleTimeIsRefusedWhenItHasPassed(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var guards = new Guards(process);
        guards.acquire(POOL);
        assertThatThrownBy(() -> scheduler.call(process, () -> guards.acquireAll(RESOURCES, Duration.ofMillis(30))))
                .hasMessageContaining("another operation on pool p is in progress");
        assertThat(scheduler.elapsed()).isEqualTo(Duration.ofMillis(30));
        assertThat(guards.tryAcquire(RESOURCES.getFirst())).isPresent();
    }
}
