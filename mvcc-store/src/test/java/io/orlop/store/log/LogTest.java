package io.orlop.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.disk.CrashableDisk;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogTest {
    private final CrashableDisk disk = new CrashableDisk();

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
            long alive = put(log, "b", 3);
            log.roll(List.of(new LogRecord.Checkpoint()), 3);
            log.forget(dead);
            assertThat(log.rewritable(1)).containsExactly(0);
            Rewritten rewritten = log.rewrite(0, (_, location) -> location == alive, () -> {});
            assertThat(log.rewritable(1)).isEmpty();
            log.retire(rewritten.replaced());
            assertThat(log.rewritable(1)).isEmpty();
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
