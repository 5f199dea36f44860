package io.orlop.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CreateLimitTest {
    @Test
    void letsOnlySoManyInAndTheNextWhenOneLeaves() throws Exception {
        var limit = new CreateLimit(Ambient.system(), 2, Duration.ofMinutes(1));
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                callers.submit(() -> limit.within("a volume", () -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.yield();
                    return inside.decrementAndGet();
                }));
            }
        }
        assertThat(inside).hasValue(0);
        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void turnsAwayWhoWaitedTooLongAndForgetsHim() throws Exception {
        var limit = new CreateLimit(Ambient.system(), 1, Duration.ofMillis(1));
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            callers.submit(() -> limit.within("the first", () -> {
                entered.countDown();
                try {
                    leave.await();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
                return "done";
            }));
            entered.await();
            assertThatThrownBy(() -> limit.within("the second", () -> "in"))
                    .hasMessageContaining("the second waited")
                    .hasMessageContaining("try again");
            leave.countDown();
        }
        assertThat(limit.within("the third", () -> "in")).isEqualTo("in");
    }
}
