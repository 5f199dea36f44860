package io.orlop.dataplane.nexus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RangeLocksTest {
    private final RangeLocks ranges = new RangeLocks();

    @Test
    void whoWantsOtherBytesDoesNotWait() {
        try (RangeLocks.Held _ = ranges.hold(10, 10);
                RangeLocks.Held _ = ranges.hold(0, 10);
                RangeLocks.Held _ = ranges.hold(20, 1);
                RangeLocks.Held _ = ranges.hold(15, 0)) {
            assertThat(ranges.hold(21, 100)).isNotNull();
        }
    }

    @Test
    void noTwoHoldTheSameByte() throws InterruptedException {
        var holders = new AtomicIntegerArray(64);
        var shared = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Random random = new Random(i);
            threads.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; n < 500; n++) {
                    int start = random.nextInt(60);
                    int length = 1 + random.nextInt(64 - start);
                    try (RangeLocks.Held _ = ranges.hold(start, length)) {
                        for (int at = start; at < start + length; at++) {
                            if (holders.incrementAndGet(at) > 1) shared.set(true);
                        }
                        Thread.yield();
                        for (int at = start; at < start + length; at++) holders.decrementAndGet(at);
                    }
                }
            }));
        }
        for (Thread thread : threads) thread.join();
        assertThat(shared).isFalse();
    }
}
