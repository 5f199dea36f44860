package io.orlop.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.disk.twin.Fault;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LogTest {
    private final CrashableDirectory disk = new CrashableDirectory();

    private static final class Unheard implements Replay {
        @Override
        public void record(LogRecord record, long location) {}

        @Override
        public void frame(long revision) {}
    }

    private static long put(Log log, String key, long revision) throws IOException {
        log.begin();
        KeyValue kv = new KeyValue(Octets.of(key), Octets.of("value"), revision, revision, 1, 0);
        long location = log.add(new LogRecord.Put(kv, 0));
        log.end(revision);
        log.commit();
        return location;
    }

    @Test
    void doesNotOfferASegmentThatWasReplacedAndIsStillRead() throws IOException {
        try (Log log = Log.open(disk, 1 << 20, new Unheard())) {
            long dead = put(log, "a", 2);
            put(log, "b", 3);
            log.roll(List.of(new LogRecord.Checkpoint()), 3);
            assertThat(log.segments().withPast()).isEmpty();
            log.segments().followed(dead);
            assertThat(log.segments().withPast()).containsExactly(0);
            Census census = new Census();
            Needed needed = new NeededFrom(3);
            log.count(0, needed, census, () -> {});
            assertThat(census.worthwhile(0.5)).containsExactly(0);
            assertThat(census.worthwhile(0.4)).isEmpty();
            assertThat(log.bytesInUse()).isLessThan(log.bytes());
            Rewritten rewritten = log.segments().rewrite(0, needed, census, () -> {});
            for (Rewritten.Move move : rewritten.moves()) log.segments().moved(move.from(), move.to());
            assertThat(log.segments().withPast()).isEmpty();
            log.segments().retire(rewritten.replaced());
            assertThat(log.segments().withPast()).isEmpty();
            assertThat(log.bytesInUse()).isEqualTo(log.bytes());
        }
    }

    @Test
    void findsTheFileOfTheNextSegmentPrepared() throws IOException {
        try (Log log = Log.open(disk, 1 << 20, new Unheard())) {
            put(log, "a", 2);
            log.prepareNext();
            assertThat(disk.names()).hasSize(2).contains(NextFile.NAME);
            log.roll(List.of(new LogRecord.Checkpoint()), 2);
            assertThat(disk.names()).hasSize(2).doesNotContain(NextFile.NAME);
            put(log, "b", 3);
            log.prepareNext();
            log.prepareNext();
        }
        assertThat(disk.names()).as("closed").doesNotContain(NextFile.NAME);
        try (Log again = Log.open(disk, 1 << 20, new Unheard())) {
            assertThat(again.sequence()).isEqualTo(4);
        }
    }

    @Test
    void makesAFileItselfWhenNoneIsPrepared() throws IOException {
        try (Log log = Log.open(disk, 1 << 20, new Unheard())) {
            put(log, "a", 2);
            disk.faults().add(Fault.eio(Call.FORCE));
            log.prepareNext();
            disk.faults().mend();
            log.roll(List.of(new LogRecord.Checkpoint()), 2);
            log.prepareNext();
            log.roll(List.of(new LogRecord.Checkpoint()), 2);
            put(log, "b", 3);
        }
        try (Log again = Log.open(disk, 1 << 20, new Unheard())) {
            assertThat(again.sequence()).isEqualTo(6);
        }
    }

    @Test
    void removesAFileThatWasPreparedAndNeverUsed() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            CrashableDirectory killed = new CrashableDirectory();
            Log log = Log.open(killed, 1 << 20, new Unheard());
            put(log, "a", 2);
            log.prepareNext();
            CrashableDirectory after = killed.afterPowerCut(new Random(seed));
            assertThat(after.names()).contains(NextFile.NAME);
            try (Log again = Log.open(after, 1 << 20, new Unheard())) {
                assertThat(after.names()).doesNotContain(NextFile.NAME);
                assertThat(again.sequence()).isEqualTo(1);
            }
        }
    }

    @Test
    void losesNothingWhenThePowerFailsWhileAPreparedFileIsTaken() throws IOException {
        for (int calls = 0; calls < 30; calls++) {
            for (int seed = 0; seed < 10; seed++) {
                CrashableDirectory failing = new CrashableDirectory();
                Log log = Log.open(failing, 1 << 20, new Unheard());
                put(log, "a", 2);
                log.prepareNext();
                failing.crashAfter(calls);
                int safe = 1;
                try {
                    log.roll(List.of(new LogRecord.Checkpoint()), 2);
                    put(log, "b", 3);
                    safe = 4;
                } catch (IOException off) {
                    // Only what was safe before counts.
                }
                CrashableDirectory after = failing.afterPowerCut(new Random(seed));
                try (Log again = Log.open(after, 1 << 20, new Unheard())) {
                    assertThat(again.sequence()).as("call " + calls).isBetween((long) safe, 4L);
                }
            }
        }
    }

    @Test
    void knowsHowLongABatchWasAlthoughTheWriterRestsAsSoonAsItIsSafe() throws Exception {
        try (Log log = Log.open(disk, 1 << 20, new Unheard());
                ExecutorService committing = Executors.newSingleThreadExecutor()) {
            long bytes = log.bytes();
            for (int i = 0; i < 5_000; i++) {
                log.begin();
                log.end(2);
                Log.Batch batch = Objects.requireNonNull(log.cut());
                bytes += Frame.HEAD_BYTES;
                Future<?> safe = committing.submit(() -> {
                    log.sync(batch);
                    return null;
                });
                while (!safe.isDone()) log.rest();
                safe.get();
            }
            assertThat(log.bytes()).isEqualTo(bytes);
        }
    }

    @Test
    void isLongerThanItsFramesOnlyWhileItGrows() throws IOException {
        try (Log log = Log.open(disk, 1 << 20, new Unheard())) {
            put(log, "a", 2);
            String file = disk.names().getFirst();
            assertThat(disk.size(file)).isGreaterThan(log.bytes());
            log.mark(2);
            assertThat(disk.size(file)).isEqualTo(log.bytes());
            put(log, "b", 3);
            assertThat(disk.size(file)).isGreaterThan(log.bytes());
        }
        try (Log killed = Log.open(disk, 1 << 20, new Unheard())) {
            assertThat(disk.size(disk.names().getFirst())).isEqualTo(killed.bytes());
            assertThat(killed.sequence()).isEqualTo(3);
        }
    }
}
