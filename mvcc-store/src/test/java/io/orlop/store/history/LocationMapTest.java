package io.orlop.store.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LocationMapTest {
    private final LocationMap map = new LocationMap();

    private static KeyValue value(long number) {
        return new KeyValue(Octets.of("key"), Octets.EMPTY, 1, number, 1, 0);
    }

    @Test
    void isAMap() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            LocationMap tested = new LocationMap();
            Map<Long, KeyValue> model = new HashMap<>();
            for (int i = 0; i < 20_000; i++) {
                long location = 64 + 8L * random.nextInt(5_000);
                KeyValue value = value(i);
                switch (random.nextInt(4)) {
                    case 0 -> assertThat(tested.remove(location)).isEqualTo(model.remove(location));
                    case 1 -> assertThat(tested.get(location)).isEqualTo(model.get(location));
                    default ->
                        assertThat(tested.putIfAbsent(location, value))
                                .isEqualTo(model.putIfAbsent(location, value) == null);
                }
            }
        }
    }

    /// Whatever grows meanwhile, what was put is found, and found whole.
    @Test
    void readersFindWhatWasPutWhileOthersPut() throws InterruptedException {
        int count = 100_000;
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int writer = 0; writer < 2; writer++) {
            long mine = writer;
            threads.add(new Thread(() -> {
                for (long i = 1; i <= count; i++) {
                    long location = 2 * i + mine;
                    map.putIfAbsent(location, value(location));
                    KeyValue found = map.get(location);
                    if (found == null || found.modRevision() != location) failure.set(new AssertionError("lost " + i));
                }
            }));
        }
        threads.add(new Thread(() -> {
            for (long i = 2; i <= 2 * count; i++) {
                KeyValue found = map.get(i);
                if (found != null && found.modRevision() != i) failure.set(new AssertionError("mistaken " + i));
            }
        }));
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();
        assertThat(failure.get()).isNull();
        for (long i = 2; i <= 2 * count; i++) assertThat(map.get(i)).isEqualTo(value(i));
    }
}
