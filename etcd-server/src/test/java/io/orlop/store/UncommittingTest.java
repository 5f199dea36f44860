package io.orlop.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.ambient.ManualAmbient;
import java.time.Duration;
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

    private final class Store implements Uncommitting.Holder {
        @Override
        public long needed() {
            return needed;
        }

        @Override
        public long written() {
            return written;
        }

        @Override
        public long compacted() {
            return compacted;
        }

        @Override
        public void unmap() {
            unmapped++;
        }

        @Override
        public void rest() {
            rested++;
        }
    }

    private final Heap heap = new Heap();
    private long needed;
    private long written;
    private long compacted;
    private int unmapped;
    private int rested;
    private final ManualAmbient ambient = new ManualAmbient();
    private final Uncommitting uncommitting = new Uncommitting(heap, new Store(), ambient);

    private void pass(Duration time) {
        for (long seconds = 0; seconds < time.toSeconds(); seconds += 10) {
            ambient.advance(Duration.ofSeconds(10));
            uncommitting.look();
        }
    }

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

    /// 100 MiB are held for 20: while there is work that is room for more.
    @Test
    void collectsForLessWhenNothingWasWrittenForAMinute() {
        heap.held = 100 * MIB;
        heap.live = needed = 20 * MIB;
        for (int i = 0; i < 20; i++) {
            written++;
            pass(Duration.ofSeconds(30));
        }
        assertThat(heap.collections).isZero();
        assertThat(rested).isZero();
        pass(Duration.ofMinutes(1));
        assertThat(heap.held).isEqualTo(54 * MIB);
        assertThat(rested).isEqualTo(1);
    }

    @Test
    void doesSoOnceHoweverLongItIsQuiet() {
        heap.held = 100 * MIB;
        heap.live = 90 * MIB;
        needed = 20 * MIB;
        written++;
        pass(Duration.ofHours(3));
        assertThat(heap.collections).isEqualTo(1);
        assertThat(rested).isEqualTo(1);
    }

    @Test
    void aQuietThatFindsAllAsTheLastOneLeftItCollectsNothing() {
        heap.held = 100 * MIB;
        heap.live = 60 * MIB;
        needed = 20 * MIB;
        for (int i = 0; i < 10; i++) {
            written++;
            pass(Duration.ofMinutes(2));
        }
        assertThat(heap.collections).isEqualTo(1);
        // Then keys go that took much of it.
        written++;
        needed = 4 * MIB;
        heap.live = 6 * MIB;
        pass(Duration.ofMinutes(2));
        assertThat(heap.collections).isEqualTo(2);
        assertThat(heap.held).isEqualTo(33 * MIB);
    }

    @Test
    void collectsForLessAfterACompactionToo() {
        heap.held = 100 * MIB;
        heap.live = needed = 20 * MIB;
        written++;
        uncommitting.look();
        assertThat(heap.collections).isZero();
        written++;
        compacted++;
        uncommitting.look();
        assertThat(heap.collections).isEqualTo(1);
        assertThat(rested).isZero();
    }

    @Test
    void aProcessThatJustStartedIsLeftAlone() {
        heap.held = 34 * MIB;
        heap.live = 3 * MIB;
        pass(Duration.ofHours(1));
        assertThat(heap.collections).isZero();
    }

    @Test
    void letsGoOfWhatIsMappedEachTime() {
        for (int i = 0; i < 3; i++) uncommitting.look();
        assertThat(unmapped).isEqualTo(3);
    }
}
