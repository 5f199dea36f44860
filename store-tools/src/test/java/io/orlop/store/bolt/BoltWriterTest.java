package io.orlop.store.bolt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is written is read back, whatever the size of its keys.
class BoltWriterTest {
    @TempDir
    Path directory;

    /// Ends a database that does not end by itself.
    private static OutputStream atMost(long bytes, OutputStream out) {
        return new FilterOutputStream(out) {
            private long rest = bytes;

            @Override
            public void write(byte[] some, int from, int count) throws IOException {
                rest -= count;
                if (rest < 0) throw new IOException("the database has more than " + bytes + " bytes");
                out.write(some, from, count);
            }
        };
    }

    private static BoltWriter.Extent write(OutputStream out, BoltWriter.Extent extent, List<byte[]> keys)
            throws IOException {
        BoltWriter writer = new BoltWriter(out, extent);
        writer.bucket("names");
        for (byte[] key : keys) writer.put(key, new byte[] {1});
        writer.bucket("others");
        writer.put(new byte[] {2}, new byte[] {3});
        return writer.finish();
    }

    private Path database(List<byte[]> keys) throws IOException {
        long bytes = 0;
        for (byte[] key : keys) bytes += 4L * (key.length + Pages.PAGE_BYTES);
        long enough = bytes + 16 * Pages.PAGE_BYTES;
        BoltWriter.Extent extent =
                write(atMost(enough, OutputStream.nullOutputStream()), BoltWriter.Extent.UNKNOWN, keys);
        Path file = directory.resolve("db");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            assertThat(write(out, extent, keys)).isEqualTo(extent);
        }
        assertThat(file).hasSize(extent.bytes());
        return file;
    }

    private static byte[] key(int number, int more) {
        return "%05d%s".formatted(number, "k".repeat(more)).getBytes(UTF_8);
    }

    private static List<byte[]> keys(int count, int bytes) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) keys.add(key(i, bytes - 5));
        return keys;
    }

    private void comesBack(List<byte[]> keys) throws IOException {
        Path file = database(keys);
        List<byte[]> read = new ArrayList<>();
        List<byte[]> others = new ArrayList<>();
        try (BoltReader reader = BoltReader.open(file, Files.size(file))) {
            assertThat(reader.buckets()).containsExactly("names", "others");
            reader.rows("names", (key, _) -> read.add(key));
            reader.rows("others", (key, _) -> others.add(key));
        }
        assertThat(read).usingElementComparator(Arrays::compare).containsExactlyElementsOf(keys);
        assertThat(others).hasSize(1);
    }

    /// No two keys of more than 2,024 bytes have room in the page that says where they are.
    @ParameterizedTest
    @CsvSource({"2, 2024", "2, 2025", "2, 4000", "2, 20000", "1, 20000", "50, 2025", "101, 4000", "64, 9999"})
    void longKeysComeBack(int count, int bytes) throws IOException {
        comesBack(keys(count, bytes));
    }

    @Test
    void keysOfAllSizesComeBack() throws IOException {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < 300; i++) keys.add(key(i, i * i % 9_000));
        comesBack(keys);
    }
}
