package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Passwords are hashed by few, and only so many wait for that.
class HashingTest {
    @Test
    void aFloodOfLoginsIsRefusedAndTheFirstAreServed() {
        try (Hashing hashing = new Hashing()) {
            CountDownLatch slow = new CountDownLatch(1);
            List<CompletableFuture<Integer>> asked = new ArrayList<>();
            CompletableFuture<Integer> last;
            do {
                int number = asked.size();
                last = hashing.ask(() -> {
                    awaited(slow);
                    return number;
                });
                asked.add(last);
            } while (!last.isCompletedExceptionally());
            assertThat(asked.size()).isGreaterThan(Hashing.WAITING_MAX);
            assertThatThrownBy(last::join).satisfies(denied -> assertThat(Denials.status(denied))
                    .hasMessage("RESOURCE_EXHAUSTED: etcdserver: too many requests"));
            slow.countDown();
            for (int i = 0; i < asked.size() - 1; i++)
                assertThat(asked.get(i).join()).isEqualTo(i);
            assertThat(hashing.ask(() -> "there is room again").join()).isEqualTo("there is room again");
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
