package io.orlop.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The log read in parts, against what was written, while it grows, is closed, rewritten and opened again.
class ChronicleTest {
    private static final int SEEDS = Integer.getInteger("orlop.seeds", 200 * Integer.getInteger("orlop.longer", 1));

    private static final class Unheard implements Replay {
        private long revision = 1;

        @Override
        public void record(LogRecord record, long location) {}

        @Override
        public void frame(long reached) {
            revision = reached;
        }
    }

    /// Hears all keys but some, and stops when it was told so.
    private static class Heard implements Chronicle.Listener {
        private final List<Long> revisions = new ArrayList<>();
        private int left = Integer.MAX_VALUE;

        @Override
        public boolean wants(Octets key) {
            return !key.text().startsWith("unwanted");
        }

        @Override
        public void heard(LogRecord change) {
            switch (change) {
                case LogRecord.Put put -> {
                    assertThat(put.kv().value()).isEqualTo(value(put.kv().modRevision()));
                    revisions.add(put.kv().modRevision());
                }
                case LogRecord.Tombstone gone -> revisions.add(gone.main());
                default -> throw new AssertionError(change);
            }
        }

        @Override
        public boolean reached(long revision) {
            return --left > 0;
        }
    }

    private static Octets value(long revision) {
        return Octets.of("value of " + revision + " " + "x".repeat((int) (revision % 90)));
    }

    private long revision;

    /// Where each change that is alive and wanted is.
    private final TreeMap<Long, Long> alive = new TreeMap<>();

    private void change(Log log, Random random) throws IOException {
        log.begin();
        revision++;
        Octets key = Octets.of(random.nextInt(5) == 0 ? "unwanted" : "key" + random.nextInt(9));
        LogRecord change = random.nextInt(4) == 0
                ? new LogRecord.Tombstone(key, revision, 0)
                : new LogRecord.Put(new KeyValue(key, value(revision), revision, revision, 1, 0), 0);
        long location = log.add(change);
        log.end(revision);
        log.commit();
        if (!key.text().equals("unwanted")) alive.put(revision, location);
    }

    /// What happened up to some revision is dead, and a segment is copied without that.
    private void rewrite(Log log, Random random) throws IOException {
        if (alive.isEmpty()) return;
        long upTo = alive.firstKey() + random.nextInt(6);
        for (long location : alive.headMap(upTo, true).values()) log.segments().followed(location);
        alive.headMap(upTo, true).clear();
        Needed needed = new NeededFrom(upTo + 1);
        Census census = new Census();
        for (int segment : log.segments().withPast()) log.count(segment, needed, census, () -> {});
        for (int segment : census.worthwhile(1)) {
            Rewritten rewritten = log.segments().rewrite(segment, needed, census, () -> {});
            for (Rewritten.Move move : rewritten.moves()) {
                alive.replaceAll((_, location) -> location == move.from() ? move.to() : location);
            }
            if (random.nextInt(3) > 0) log.segments().retire(rewritten.replaced());
        }
    }

    @Test
    void saysAllThatIsAliveInOrderHoweverItIsCut() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) run(seed);
    }

    private void run(int seed) throws IOException {
        Random random = new Random(seed);
        revision = 1;
        alive.clear();
        CrashableDirectory disk = new CrashableDirectory();
        try (Log log = Log.open(disk, 1 << 20, new Unheard())) {
            Bookmark at = Bookmark.after(0);
            for (int step = 0; step < 120; step++) {
                change(log, random);
                if (random.nextInt(12) == 0) log.roll(List.of(new LogRecord.Checkpoint()), revision);
                if (random.nextInt(15) == 0) rewrite(log, random);
                if (random.nextInt(4) == 0) at = part(log, at, random, "seed " + seed + " step " + step);
                if (random.nextInt(20) == 0) at = Bookmark.after(random.nextLong(revision));
            }
        }
        Unheard reopened = new Unheard();
        try (Log log = Log.open(disk, 1 << 20, reopened)) {
            assertThat(reopened.revision).isEqualTo(revision);
            part(log, Bookmark.after(random.nextLong(revision)), random, "seed " + seed + " opened again");
        }
    }

    private Bookmark part(Log log, Bookmark at, Random random, String where) throws IOException {
        Heard heard = new Heard();
        if (random.nextInt(3) == 0) heard.left = 1 + random.nextInt(5);
        long to = Math.max(at.revision(), revision - random.nextInt(3));
        Bookmark end = log.chronicle().read(at, to, 1 + random.nextInt(3000), heard);
        assertThat(end.revision()).as(where).isBetween(at.revision(), to);
        assertThat(heard.revisions).as(where).isSorted().doesNotHaveDuplicates();
        // What is dead may still be there.
        assertThat(heard.revisions.stream()
                        .filter(each -> !alive.isEmpty() && each >= alive.firstKey())
                        .toList())
                .as(where)
                .isEqualTo(List.copyOf(
                        alive.subMap(at.revision(), false, end.revision(), true).keySet()));
        return end;
    }

    @Test
    void doesNotReadASegmentAgainFromItsStart() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        try (Log log = Log.open(disk, 64 << 20, new Unheard())) {
            Octets large = Octets.wrap(new byte[100_000]);
            for (revision = 2; revision < 102; revision++) {
                log.begin();
                log.add(new LogRecord.Put(new KeyValue(Octets.of("key"), large, revision, revision, 1, 0), 0));
                log.end(revision);
                log.commit();
            }
            Heard none = new Heard() {
                @Override
                public boolean wants(Octets key) {
                    return false;
                }
            };
            Bookmark end = log.chronicle().read(Bookmark.after(90), 101, 3 << 20, none);
            assertThat(end.revision()).isEqualTo(101);
        }
    }

    @Test
    void saysWhatComesBeforeDamageAndThenWhereThatIs() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        try (Log log = Log.open(disk, 1 << 20, new Unheard())) {
            Random random = new Random(1);
            revision = 1;
            for (int i = 0; i < 20; i++) change(log, random);
            Heard heard = new Heard();
            heard.left = 10;
            Bookmark middle = log.chronicle().read(Bookmark.after(1), revision, 1 << 20, heard);
            Segment segment = Objects.requireNonNull(log.segments().get(middle.segment()));
            byte[] flipped = {(byte) 0x7f};
            segment.file.write(middle.offset() + Frame.HEAD_BYTES + 12, ByteBuffer.wrap(flipped));
            Bookmark end = log.chronicle().read(Bookmark.after(1), revision, 1 << 20, new Heard());
            assertThat(end).isEqualTo(middle);
            assertThatThrownBy(() -> log.chronicle().read(end, revision, 1 << 20, new Heard()))
                    .isInstanceOf(DamagedLogException.class)
                    .hasMessageContaining(Long.toString(end.offset()));
        }
    }
}
