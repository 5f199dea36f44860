package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapSharesTest {
    private static final long MIB = 1 << 20;

    /// What was said of 64 MiB: the process itself takes 10.
    @Test
    void allTogetherAreLessThanTheHeap() {
        for (long heap = 62 * MIB; heap < 40_000 * MIB; heap += 1 + heap / 50) {
            HeapShares shares = HeapShares.of(heap);
            long sum = 2 * shares.waiting() + shares.answers() + shares.door() + shares.underWay() + shares.keys();
            assertThat(sum).as(heap + " bytes").isLessThanOrEqualTo(heap - 10 * MIB);
            assertThat(shares.keys()).isGreaterThan(16 * MIB);
        }
    }

    @Test
    void theHeapThatIsNamedIsEnoughAndNotMuchMore() {
        for (long keys = MIB; keys < 3_000 * MIB; keys += keys / 3) {
            long heap = HeapShares.heapFor(keys, 0);
            assertThat(HeapShares.of(heap).keys() * Memory.FILLED).isGreaterThan(keys);
            if (heap > 64 * MIB) {
                assertThat(HeapShares.of(heap - 16 * MIB).keys() * Memory.FILLED)
                        .isLessThanOrEqualTo(keys);
            }
        }
        assertThat(HeapShares.of(HeapShares.heapFor(0, 100 * MIB)).underWay()).isGreaterThanOrEqualTo(100 * MIB);
    }
}
