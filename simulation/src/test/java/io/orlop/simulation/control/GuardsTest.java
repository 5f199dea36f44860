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
}
