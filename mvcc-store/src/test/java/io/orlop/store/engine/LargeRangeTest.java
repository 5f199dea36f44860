package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.auth.Caller;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LargeRangeTest {
    private static final int KEYS = 20_000;
    private static final int IN_USE = 100;
    private static final int CACHE_BYTES = 1 << 20;

    private final CrashableDirectory disk = new CrashableDirectory();
    private final MvccStore store;

    LargeRangeTest() throws IOException {
        store = MvccStore.openStill(
                disk, new StillAmbient(0), StoreOptions.defaults().cacheBytes(CACHE_BYTES));
        for (int i = 0; i < KEYS; i++) {
            var _ = store.submit(Operation.Put.of(key(i), Octets.wrap(new byte[256])));
            if (i % 1_000 == 0) store.turn();
        }
        while (store.revision() < 1 + KEYS) store.turn();
    }

    private static Octets key(int i) {
        return Octets.of("%05d".formatted(i));
    }

    /// @return how often the disk was read for it
    private long readWhatIsInUse() {
        long before = disk.reads();
        for (int i = 0; i < IN_USE; i++) assertThat(store.value(key(i * 7))).isNotNull();
        return disk.reads() - before;
    }

    @Test
    void leavesInMemoryWhatIsInUse() {
        for (int i = 0; i < 3; i++) readWhatIsInUse();
        assertThat(readWhatIsInUse()).isZero();
        for (int i = 0; i < 5; i++) {
            assertThat(store.range(Operation.Range.of(KeyRange.all())).kvs()).hasSize(KEYS);
        }
        assertThat(readWhatIsInUse()).isZero();
    }

    @Test
    void givesRowsOneByOneAsItGivesThemTogether() {
        List<KeyValue> rows = new ArrayList<>();
        RowSink sink = new RowSink() {
            @Override
            public void begin() {
                rows.clear();
            }

            @Override
            public void row(KeyValue row) {
                rows.add(row);
            }
        };
        Operation.Range some =
                Operation.Range.of(KeyRange.all()).limitedTo(3_000).at(15_000);
        Outcome.Ranged together = store.range(some);
        Outcome.Ranged oneByOne = store.range(some, Caller.OWNER, sink);
        assertThat(rows).isEqualTo(together.kvs()).hasSize(3_000);
        assertThat(oneByOne).isEqualTo(new Outcome.Ranged(1 + KEYS, List.of(), true, 14_999));
    }
}
