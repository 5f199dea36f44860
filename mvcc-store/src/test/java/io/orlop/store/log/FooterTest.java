package io.orlop.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.DiskFile;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FooterTest {
    private static final String FIRST = new SegmentName(1, 0).file();
    private static final int CHANGES = 60;

    private final Random random = new Random(1);
    private final CrashableDirectory disk = new CrashableDirectory();
    private final List<Long> locations = new ArrayList<>();
    private long framesEnd;
    private List<String> said = List.of();

    /// All that a log says, changes in the order of their keys.
    private static final class Heard implements Replay {
        final List<String> sorted = new ArrayList<>();
        final List<String> others = new ArrayList<>();
        long revision;

        @Override
        public void sorted(LogRecord change, long location, boolean settled) {
            sorted.add(change + " at " + location);
        }

        @Override
        public void record(LogRecord record, long location) {
            others.add(String.valueOf(record));
        }

        @Override
        public void frame(long reached) {
            revision = reached;
        }

        List<String> all() {
            List<String> all = new ArrayList<>(sorted);
            all.addAll(others);
            all.add("revision " + revision);
            return all;
        }
    }

    @BeforeEach
    void closeASegment() throws IOException {
        try (Log log = open(disk, new Heard(), true)) {
            for (int revision = 2; revision < CHANGES; revision++) change(log, revision);
            log.roll(List.of(new LogRecord.Checkpoint(), new LogRecord.LeaseKept(5, 60, 7)), CHANGES);
            try (LogView view = log.view()) {
                framesEnd = view.parts().getFirst().bytes();
            }
        }
        said = heard(disk, true);
        try (Log log = open(disk, new Heard(), true)) {
            assertThat(log.segments().writeFooter(() -> {})).isTrue();
            assertThat(log.segments().writeFooter(() -> {})).isFalse();
        }
        assertThat(size(FIRST)).isGreaterThan(framesEnd + Footer.TAIL_BYTES);
    }

    private void change(Log log, int revision) throws IOException {
        Octets key = Octets.of("/key/" + random.nextInt(20));
        log.begin();
        if (random.nextInt(9) == 0) log.add(new LogRecord.LeaseKept(random.nextInt(3), 60, revision));
        KeyValue kv = new KeyValue(key, Octets.of("value " + revision), 2, revision, revision, random.nextInt(3));
        boolean tombstone = random.nextInt(4) == 0;
        long location = log.add(tombstone ? new LogRecord.Tombstone(key, revision, 0) : new LogRecord.Put(kv, 0));
        if (!tombstone) locations.add(location);
        log.end(revision);
        log.commit();
    }

    private static Log open(CrashableDirectory disk, Replay replay, boolean checksFrames) throws IOException {
        return Log.open(disk, 1 << 20, replay, Runnable::run, checksFrames, new ForceTimes(System::nanoTime, _ -> {}));
    }

    private static List<String> heard(CrashableDirectory disk, boolean checksFrames) throws IOException {
        Heard heard = new Heard();
        open(disk, heard, checksFrames).close();
        return heard.all();
    }

    private long size(String name) throws IOException {
        try (DiskFile file = disk.open(name)) {
            return file.size();
        }
    }

    @Test
    void saysWhatTheFramesSay() throws IOException {
        assertThat(said).hasSizeGreaterThan(CHANGES);
        assertThat(heard(disk, true)).isEqualTo(said);
        assertThat(heard(disk, false)).isEqualTo(said);
    }

    @Test
    void isNotNeeded() throws IOException {
        long size = size(FIRST);
        for (long at = framesEnd; at < size; at++) {
            CrashableDirectory damaged = disk.afterPowerCut(random);
            damaged.flip(FIRST, (int) at);
            assertThat(heard(damaged, false)).as("flipped at " + at).isEqualTo(said);
            CrashableDirectory torn = disk.afterPowerCut(random);
            try (DiskFile file = torn.open(FIRST)) {
                file.truncate(at);
            }
            assertThat(heard(torn, false)).as("cut at " + at).isEqualTo(said);
        }
    }

    /// After a power cut its end may be there, and not what is before.
    @Test
    void isNotNeededWhereZerosAreLeftOfIt() throws IOException {
        int size = (int) size(FIRST);
        for (int at = (int) framesEnd; at < size - Footer.TAIL_BYTES; at++) {
            CrashableDirectory torn = disk.afterPowerCut(random);
            try (DiskFile file = torn.open(FIRST)) {
                file.write(at, ByteBuffer.allocate(size - Footer.TAIL_BYTES - at));
            }
            assertThat(heard(torn, false)).as("zeros from " + at).isEqualTo(said);
        }
    }

    @Test
    void isNotMistakenWhereASectorOfItIsZeros() throws IOException {
        long size = size(FIRST);
        for (long at = framesEnd; at < size; at += 8) {
            CrashableDirectory damaged = disk.afterPowerCut(random);
            try (DiskFile file = damaged.open(FIRST)) {
                file.write(at, ByteBuffer.wrap(new byte[(int) Math.min(512, size - at)]));
            }
            assertThat(heard(damaged, false)).as("zeros from " + at).isEqualTo(said);
        }
    }

    @Test
    void isWrittenAnewOverWhatIsLeftOfIt() throws IOException {
        disk.flip(FIRST, (int) framesEnd + 20);
        try (Log log = open(disk, new Heard(), true)) {
            assertThat(log.segments().writeFooter(() -> {})).isTrue();
        }
        for (int at = SegmentHead.BYTES; at < framesEnd; at++) disk.flip(FIRST, at);
        assertThat(heard(disk, false)).as("from the footer alone").isEqualTo(said);
    }

    @Test
    void doesNotHideDamageFromAStartThatLooks() throws IOException {
        for (int at = SegmentHead.BYTES; at < framesEnd; at++) {
            CrashableDirectory damaged = disk.afterPowerCut(random);
            damaged.flip(FIRST, at);
            assertThatThrownBy(() -> heard(damaged, true))
                    .as("flipped at " + at)
                    .isInstanceOf(DamagedLogException.class)
                    .hasMessageContaining(FIRST);
        }
    }

    @Test
    void doesNotHideDamageFromAReader() throws IOException {
        for (int at = SegmentHead.BYTES; at < framesEnd; at++) disk.flip(FIRST, at);
        try (Log log = open(disk, new Heard(), false)) {
            for (long location : locations) {
                assertThatThrownBy(() -> log.read(location))
                        .isInstanceOf(DamagedLogException.class)
                        .hasMessageContaining(FIRST + ", offset " + Location.offset(location));
            }
        }
    }
}
