package io.orlop.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is left of a log of which the disk cannot read some sectors.
class SalvageTest {
    private static final int CHANGES = 30;
    private static final int VALUE_BYTES = 900;

    private static final class Kept implements Replay {
        private final List<Long> revisions = new ArrayList<>();

        @Override
        public void record(LogRecord record, long location) {
            if (record instanceof LogRecord.Put put) revisions.add(put.kv().modRevision());
        }

        @Override
        public void frame(long reached) {}
    }

    private long lastRecord;

    private CrashableDirectory written(boolean closed) throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        try (Log log = Log.open(disk, 1 << 20, new Kept())) {
            for (int i = 0; i < CHANGES; i++) {
                KeyValue kv = new KeyValue(Octets.of("k" + i), Octets.of("v".repeat(VALUE_BYTES)), i + 2, i + 2, 1, 0);
                log.begin();
                lastRecord = Location.offset(log.add(new LogRecord.Put(kv, 0)));
                log.end(i + 2);
                log.commit();
            }
            if (closed) log.mark(CHANGES + 1);
        }
        return disk;
    }

    private static String file(CrashableDirectory disk) throws IOException {
        return disk.names().stream()
                .filter(name -> name.endsWith(".log"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void goesOnBehindASectorThatCannotBeReadAndNamesWhatIsLost() throws IOException {
        CrashableDirectory whole = written(true);
        long size = whole.size(file(whole));
        for (long bad = 0; bad < size; bad += 512) {
            CrashableDirectory disk = written(true);
            disk.spoil(file(disk), bad);
            Kept kept = new Kept();
            List<Salvage.Loss> losses = Salvage.read(disk, kept);
            // A sector is in two frames at most, or in the head.
            assertThat(kept.revisions).as("sector at " + bad).hasSizeGreaterThanOrEqualTo(CHANGES - 2);
            assertThat(losses).as("sector at " + bad).isNotEmpty();
            assertThat(losses.getLast().segment()).isEqualTo(file(disk));
        }
    }

    @Test
    void namesTheSectorsAndTheRevisions() throws IOException {
        CrashableDirectory disk = written(true);
        // In the fourth frame, and far behind it.
        disk.spoil(file(disk), 3_600);
        disk.spoil(file(disk), 10_000);
        Kept kept = new Kept();
        List<Salvage.Loss> losses = Salvage.read(disk, kept);
        assertThat(kept.revisions).hasSizeBetween(CHANGES - 4, CHANGES - 2).doesNotContain(5L);
        assertThat(losses).hasSize(2);
        assertThat(losses.getFirst().what())
                .contains("changes after revision 4")
                .contains("the disk cannot read 1 of the sectors there");
    }

    @Test
    void whatCannotBeReadAtTheEndIsNoTornTail() throws IOException {
        CrashableDirectory disk = written(false);
        disk.spoil(file(disk), lastRecord + 500);
        Kept kept = new Kept();
        List<Salvage.Loss> losses = Salvage.read(disk, kept);
        assertThat(kept.revisions).hasSizeBetween(CHANGES - 2, CHANGES - 1);
        assertThat(losses).hasSize(1);
        assertThat(losses.getFirst().what()).contains("the disk cannot read 1 of the sectors there");
    }
}
