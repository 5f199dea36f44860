package io.orlop.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedChangesTest {
    private static final int SEGMENT = 7;

    private final ByteSink records = new ByteSink(1 << 10);
    private final PackedChanges changes = new PackedChanges();
    private final List<Located> model = new ArrayList<>();

    @Test
    void sortsByKeyAndLeavesTheChangesOfAKeyAsTheyHappened() throws Exception {
        Random random = new Random(3);
        for (int i = 0; i < 5_000; i++) add(change(random, i), 100L + 40L * i);
        changes.sort();
        model.sort(Comparator.comparing(Located::key));
        assertThat(changes.count()).isEqualTo(model.size());
        SortedChanges sorted = changes.sorted(SEGMENT);
        for (Located expected : model) assertThat(sorted.next()).isEqualTo(expected);
        assertThat(sorted.next()).isNull();
    }

    @Test
    void readsWhatItEncodedForAFooter() {
        Random random = new Random(4);
        for (int i = 0; i < 1_000; i++) add(change(random, i), 100L + 40L * i);
        changes.sort();
        model.sort(Comparator.comparing(Located::key));
        ByteSink sink = new ByteSink(1 << 10);
        for (int i = 0; i < changes.count(); i++) changes.encode(i, i == 0, sink);
        byte[] body = new ByteSource(sink.array(), 0).bytes(sink.size());
        FooterChunk chunk = new FooterChunk(body, SEGMENT);
        for (Located expected : model) assertThat(chunk.next()).isEqualTo(expected);
        assertThat(chunk.isEmpty()).isTrue();
    }

    @Test
    void isEmptyAtFirst() throws Exception {
        changes.sort();
        assertThat(changes.sorted(SEGMENT).next()).isNull();
    }

    private static LogRecord change(Random random, int i) {
        // Keys that are alike for longer than a number reaches, and the beginnings of others.
        Octets key = Octets.of("/some/" + "x".repeat(random.nextInt(20)) + random.nextInt(50));
        if (random.nextInt(5) == 0) return new LogRecord.Tombstone(key, 10 + i, i % 3);
        Octets value = Octets.wrap(new byte[random.nextInt(30)]);
        return new LogRecord.Put(new KeyValue(key, value, 5 + i / 2, 10 + i, 1 + i % 9, i % 4), i % 3);
    }

    private void add(LogRecord record, long offset) {
        int at = records.size();
        RecordCodec.encode(record, records);
        int length = (int) RecordCodec.lengthAt(records.array(), at);
        changes.add(records.array(), at, length, offset);
        LogRecord bare = RecordCodec.decode(records.array(), at, length, false);
        Octets key = Objects.requireNonNull(bare.key());
        model.add(new Located(key, bare, Location.of(SEGMENT, offset), length));
    }
}
