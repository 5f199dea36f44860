package io.orlop.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.ambient.ManualAmbient;
import org.junit.jupiter.api.Test;

class UncommittingTest {
    private static final long MIB = 1 << 20;

    /// A heap of which so much lives.
    private static final class Heap implements Uncommitting.Heap {
        long live;
        long held;
        int collections;

        @Override
        public long held() {
            return held;
        }

        @Override
        public void collect() {
            collections++;
            held = live + live / 2 + 24 * MIB;
        }
    }

    private final Heap heap = new Heap();
    private long needed;
    private int unmapped;
    private final Uncommitting uncommitting =
            new Uncommitting(heap, () -> needed, () -> unmapped++, new ManualAmbient());

    @Test
    void collectsWhenMostOfTheHeapIsNotNeeded() {
        heap.held = 1_000 * MIB;
        heap.live = needed = 100 * MIB;
        uncommitting.look();
        assertThat(heap.held).isEqualTo(174 * MIB);
        uncommitting.look();
        assertThat(heap.collections).isEqualTo(1);
    }

    @Test
    void stopsNobodyForALittle() {
        heap.held = 1_000 * MIB;
        needed = 480 * MIB;
        uncommitting.look();
        assertThat(heap.collections).isZero();
    }

    /// Answers under way, events that nobody took: what lives may be more than the store knows of.
    @Test
    void collectsNoMoreWhereACollectionGaveNothing() {
        heap.held = 1_000 * MIB;
        heap.live = 900 * MIB;
        needed = 10 * MIB;
        for (int i = 0; i < 5; i++) uncommitting.look();
        assertThat(heap.collections).isEqualTo(1);
        heap.held = 2_000 * MIB;
        heap.live = 10 * MIB;
        uncommitting.look();
        assertThat(heap.held).isEqualTo(39 * MIB);
    }

    @Test
    void letsGoOfWhatIsMappedEachTime() {
        for (int i = 0; i < 3; i++) uncommitting.look();
        assertThat(unmapped).isEqualTo(3);
    }
}
