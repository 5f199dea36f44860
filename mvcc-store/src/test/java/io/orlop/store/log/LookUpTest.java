package io.orlop.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.DiskFile;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a key did long ago, looked up behind the frames of closed segments, against a list of all that happened.
class LookUpTest {
    private static final int CHANGES = 12_000;

    /// Keys of one segment fill several chunks, and so do the changes of one key.
    private static final int TRANSACTIONS_IN_SEGMENT = 500;

    private record Step(Octets key, long main, int sub) {
        boolean isBefore(long otherMain, int otherSub) {
            return main < otherMain || main == otherMain && sub < otherSub;
        }
    }

    private final Random random = new Random(5);
    private final CrashableDirectory disk = new CrashableDirectory();
    private final List<Step> steps = new ArrayList<>();
    private long revision = 1;

    private Log openFilled() throws IOException {
        Log log = open();
        while (steps.size() < CHANGES) {
            transaction(log);
            if (random.nextInt(TRANSACTIONS_IN_SEGMENT) == 0) log.roll(List.of(new LogRecord.Checkpoint()), revision);
        }
        log.roll(List.of(new LogRecord.Checkpoint()), revision);
        while (log.segments().writeFooter(() -> {})) {}
        return log;
    }

    private Log open() throws IOException {
        Replay unheard = new Replay() {
            @Override
            public void record(LogRecord record, long location) {}

            @Override
            public void frame(long reached) {}
        };
        return Log.open(disk, 1 << 20, unheard);
    }

    private void transaction(Log log) throws IOException {
        revision++;
        log.begin();
        int changes = 1 + random.nextInt(3);
        for (int sub = 0; sub < changes; sub++) {
            Octets key = Octets.of(random.nextInt(3) == 0 ? "/busy" : "/key/" + random.nextInt(2_000));
            KeyValue kv = new KeyValue(key, Octets.EMPTY, 2, revision, 1, 0);
            boolean deletes = random.nextInt(5) == 0;
            log.add(deletes ? new LogRecord.Tombstone(key, revision, sub) : new LogRecord.Put(kv, sub));
            steps.add(new Step(key, revision, sub));
        }
        log.end(revision);
        log.commit();
    }

    private Octets anyKey() {
        int any = random.nextInt(10);
        return Octets.of(any == 0 ? "/busy" : any == 1 ? "/nobody" : "/key/" + random.nextInt(2_100));
    }

    private @Nullable Step lastBefore(Octets key, long main, int sub) {
        Step last = null;
        for (Step step : steps) if (step.key.equals(key) && step.isBefore(main, sub)) last = step;
        return last;
    }

    private void compare(Log log) throws IOException {
        for (int i = 0; i < 1_000; i++) {
            Octets key = anyKey();
            long main = random.nextLong(revision + 10);
            int sub = random.nextInt(4);
            Located found = log.segments().lastBefore(key, main, sub);
            Step expected = lastBefore(key, main, sub);
            assertThat(found == null ? null : new Step(found.key(), found.main(), found.sub()))
                    .as("the last of %s before %s.%s", key, main, sub)
                    .isEqualTo(expected);
            long to = main + random.nextInt(2_000);
            List<Step> between = log.segments().between(key, main, to).stream()
                    .map(some -> new Step(some.key(), some.main(), some.sub()))
                    .toList();
            assertThat(between)
                    .isEqualTo(steps.stream()
                            .filter(step -> step.key.equals(key) && step.main >= main && step.main <= to)
                            .toList());
        }
    }

    @Test
    void findsTheLastChangeOfAKeyBeforeAnyMoment() throws IOException {
        try (Log log = openFilled()) {
            compare(log);
        }
        try (Log log = open()) {
            compare(log);
        }
    }

    @Test
    void findsWhatIsLeftWhereSegmentsAreRewritten() throws IOException {
        try (Log log = openFilled()) {
            long from = revision / 3;
            int closed;
            try (LogView view = log.view()) {
                closed = view.parts().size() - 1;
            }
            assertThat(closed).isGreaterThan(5);
            for (int segment = 0; segment < closed; segment++) {
                Rewritten rewritten = log.segments().rewrite(segment, new NeededFrom(from), new Census(), () -> {});
                log.segments().retire(rewritten.replaced());
            }
            assertThat(log.segments().lastBefore(Octets.of("/busy"), from, 0)).isNull();
            steps.removeIf(step -> step.main < from);
            compare(log);
        }
    }

    /// A rewrite was killed before the older generation was removed: which of the two names is safe nobody knows, and
    /// there is room to copy the frames and not what is behind them.
    @Test
    void keepsWhatItTellsThoughAFullDiskTakesNoOtherGeneration() throws IOException {
        SegmentName first = new SegmentName(1, 0);
        try (Log log = openFilled()) {
            compare(log);
        }
        long framesEnd;
        try (DiskFile file = disk.open(first.file())) {
            Footer footer = Footer.required(file, first);
            framesEnd = footer.start();
            Contents contents =
                    Contents.read(new Segment(0, first, new LogFile(file, "", first), 0), framesEnd, () -> {});
            Renewal.elsewhere(disk, file, framesEnd, ByteBuffer.allocate(0), first.rewritten(), contents)
                    .close();
        }
        for (long room : new long[] {framesEnd / 2, framesEnd + 700}) {
            disk.capacity(disk.used() + room);
            try (Log log = open()) {
                compare(log);
            }
        }
        disk.capacity(Long.MAX_VALUE);
        try (Log log = open()) {
            compare(log);
        }
        assertThat(disk.names()).doesNotContain(first.file(), first.rewritten().file());
    }

    @Test
    void readsTheFramesWhereAFooterChangedUnderIt() throws IOException {
        try (Log log = openFilled()) {
            long fileEnd;
            try (LogView view = log.view()) {
                fileEnd = view.parts().getFirst().bytes();
            }
            String first = new SegmentName(1, 0).file();
            for (long at = fileEnd - 5_000; at < fileEnd; at++) disk.flip(first, (int) at);
            compare(log);
            Census census = new Census();
            log.count(0, new NeededFrom(3), census, () -> {});
            assertThat(census.newlyDead()).isPositive();
        }
    }

    @Test
    void passesByNearlyAllSegmentsThatDoNotHaveTheKey() {
        KeyFilter filter = new KeyFilter();
        for (int i = 0; i < 10_000; i++) filter.add(KeyFilter.hash(Octets.of("/there/" + i)));
        long[] words = filter.words();
        int mistaken = 0;
        for (int i = 0; i < 10_000; i++) {
            long there = KeyFilter.hash(Octets.of("/there/" + i));
            assertThat(KeyFilter.mayHold(words[KeyFilter.word(there, words.length)], there))
                    .isTrue();
            long absent = KeyFilter.hash(Octets.of("/absent/" + i));
            if (KeyFilter.mayHold(words[KeyFilter.word(absent, words.length)], absent)) mistaken++;
        }
        assertThat(mistaken).isLessThan(200);
        assertThat(words.length * Long.BYTES).isLessThan(2 * 10_000 + 100);
    }
}
