package io.orlop.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.SystemDirectory;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of the log is in memory is looked at there, over the pieces in which a file is mapped.
class LookTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private final Random random = new Random(5);
    private final List<KeyValue> puts = new ArrayList<>();
    private final List<Long> locations = new ArrayList<>();

    private Log open() throws IOException {
        return Log.open(new SystemDirectory(directory), 64L * MIB, new Replay() {
            @Override
            public void record(LogRecord record, long location) {}

            @Override
            public void frame(long revision) {}
        });
    }

    private void fill(Log log, int bytes) throws IOException {
        for (int written = 0; written < bytes; ) {
            log.begin();
            for (int i = 0; i < 100; i++) written += put(log);
            log.end(puts.size());
            log.commit();
        }
    }

    private int put(Log log) {
        byte[] value = new byte[random.nextInt(1_000) == 0 ? random.nextInt(2 * MIB) : random.nextInt(500)];
        random.nextBytes(value);
        int number = puts.size() + 1;
        Octets key = Octets.of("key/" + number);
        KeyValue kv = new KeyValue(key, Octets.wrap(value), number, number + 3, 1 + number % 5, number % 3);
        puts.add(kv);
        locations.add(log.add(new LogRecord.Put(kv, 0)));
        return value.length;
    }

    @Test
    void findsWhatAReadFindsOrLeavesItToTheRead() throws IOException {
        try (Log log = open()) {
            fill(log, 5 * MIB);
            StoredPut stored = new StoredPut();
            int looked = 0;
            for (int i = 0; i < puts.size(); i++) {
                if (log.look(locations.get(i), stored)) {
                    assertThat(stored.kv()).isEqualTo(puts.get(i));
                    looked++;
                }
                assertThat(log.read(locations.get(i))).isEqualTo(puts.get(i));
            }
            assertThat(looked).isBetween(puts.size() / 2, puts.size() - 1);
        }
    }

    @Test
    void findsAgainWhatWasUnmapped() throws IOException {
        try (Log log = open()) {
            fill(log, 3 * MIB);
            StoredPut stored = new StoredPut();
            for (int i = 0; i < 3; i++) {
                assertThat(log.look(locations.getFirst(), stored)).isTrue();
                log.segments().unmap();
            }
            assertThat(stored.kv()).isEqualTo(puts.getFirst());
        }
    }

    /// Whoever was about to look is sent to the read, and not interrupted.
    @Test
    void isUnmappedUnderThoseWhoLook() throws Exception {
        try (Log log = open()) {
            fill(log, 3 * MIB);
            var wrong = new AtomicInteger();
            var looked = new AtomicInteger();
            var interrupted = new AtomicInteger();
            var enough = new AtomicBoolean();
            var died = new AtomicReference<Throwable>();
            Thread looking = Thread.ofPlatform()
                    .uncaughtExceptionHandler((_, thrown) -> died.set(thrown))
                    .start(() -> {
                        StoredPut stored = new StoredPut();
                        for (int i = 0; !enough.get(); i = (i + 1) % (puts.size() / 2)) {
                            boolean found = log.look(locations.get(i), stored);
                            if (Thread.interrupted()) interrupted.incrementAndGet();
                            if (!found) continue;
                            looked.incrementAndGet();
                            if (!stored.kv().equals(puts.get(i))) wrong.incrementAndGet();
                        }
                    });
            for (int i = 0; (i < 1_000 || looked.get() == 0) && looking.isAlive(); i++)
                log.segments().unmap();
            enough.set(true);
            looking.join();
            assertThat(died).hasValue(null);
            assertThat(wrong).hasValue(0);
            assertThat(interrupted).hasValue(0);
        }
    }

    @Test
    void findsNothingThatIsNotSafe() throws IOException {
        try (Log log = open()) {
            fill(log, 3 * MIB);
            log.begin();
            put(log);
            assertThat(log.look(locations.getLast(), new StoredPut())).isFalse();
            assertThat(log.read(locations.getLast())).isEqualTo(puts.getLast());
            log.end(puts.size());
            log.commit();
        }
    }

    @Test
    void leavesWhatIsDamagedToTheReadThatNamesIt() throws IOException {
        try (Log log = open()) {
            fill(log, 3 * MIB);
            StoredPut stored = new StoredPut();
            assertThat(log.look(locations.getFirst(), stored)).isTrue();
            Path file = directory.resolve(new SegmentName(1, 0).file());
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                long middle = Location.offset(locations.getFirst()) + RecordCodec.HEAD_BYTES + 3;
                channel.write(ByteBuffer.wrap(new byte[] {99}), middle);
            }
            assertThat(log.look(locations.getFirst(), stored)).isFalse();
            assertThatThrownBy(() -> log.read(locations.getFirst())).isInstanceOf(DamagedLogException.class);
        }
    }

    @Test
    void findsWhatARewriteMovedAtItsNewPlaceOnly() throws IOException {
        try (Log log = open()) {
            fill(log, 3 * MIB);
            StoredPut stored = new StoredPut();
            assertThat(log.look(locations.getFirst(), stored)).isTrue();
            log.roll(List.of(new LogRecord.Checkpoint()), puts.size());
            Needed needed = new NeededFrom(0);
            Rewritten rewritten = log.segments().rewrite(0, needed, new Census(), () -> {});
            Rewritten.Move first = rewritten.moves().getFirst();
            assertThat(log.look(first.from(), stored)).isTrue();
            log.segments().retire(rewritten.replaced());
            assertThat(log.look(first.from(), stored)).isFalse();
            assertThat(log.look(first.to(), stored)).isTrue();
            assertThat(stored.kv()).isEqualTo(puts.getFirst());
        }
    }

    @Test
    void anInterruptCostsNothing() throws IOException {
        try (Log log = open()) {
            fill(log, 3 * MIB);
            Thread.currentThread().interrupt();
            boolean looked = log.look(locations.getFirst(), new StoredPut());
            assertThat(Thread.interrupted()).isTrue();
            assertThat(looked).isFalse();
            assertThat(log.read(locations.getFirst())).isEqualTo(puts.getFirst());
            assertThat(log.look(locations.getFirst(), new StoredPut())).isTrue();
        }
    }

    @Test
    void anInterruptCostsNothingWhereAFooterOrALargeValueIsRead() throws IOException {
        try (Log log = open()) {
            fill(log, 3 * MIB);
            int large = 0;
            while (puts.get(large).value().length() < 10_000) large++;
            log.roll(List.of(new LogRecord.Checkpoint()), puts.size());
            assertThat(log.segments().writeFooter(() -> {})).isTrue();
            for (int i = 0; i < 3; i++) {
                Thread.currentThread().interrupt();
                KeyValue read = log.read(locations.get(large));
                Located found = log.segments().lastBefore(puts.get(large).key(), Long.MAX_VALUE, 0);
                assertThat(Thread.interrupted()).isTrue();
                assertThat(read).isEqualTo(puts.get(large));
                assertThat(found).extracting(Located::location).isEqualTo(locations.get(large));
                log.view().close();
            }
        }
    }
}
