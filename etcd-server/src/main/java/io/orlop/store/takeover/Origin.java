package io.orlop.store.takeover;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The state of etcd that a store was made of, noted beside it.
///
/// @param transaction the last one of its database
record Origin(long transaction) {
    static final String FILE = "taken-over";

    void write(Directory into) throws IOException {
        String text = "transaction " + transaction + "\n";
        try (DiskFile file = into.create(FILE)) {
            file.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            file.force();
        }
    }

    static @Nullable Origin read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        try {
            return new Origin(Long.parseLong(Files.readString(file).strip().replaceFirst("^transaction ", "")));
        } catch (NoSuchFileException e) {
            return null;
        } catch (NumberFormatException e) {
            throw new IOException(file + " is damaged", e);
        }
    }
}
