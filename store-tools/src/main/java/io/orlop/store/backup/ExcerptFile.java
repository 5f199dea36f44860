package io.orlop.store.backup;

import io.orlop.disk.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// An excerpt in a file, checked as a whole before anything in it is believed.
record ExcerptFile(Path file, ExcerptHead head) {
    /// The name of the segment in it, while somebody reads that.
    static final String UNPACKED = "excerpt";

    /// Whether somebody took the file for an excerpt when it was written; no more than that.
    static boolean isOne(Path file) throws IOException {
        return ExcerptHead.isAt(begin(file));
    }

    private static byte[] begin(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(ExcerptHead.SIZE);
        }
    }

    /// @throws IOException if it is not all there as it was written; the message says what is wrong with it
    static ExcerptFile open(Path file) throws IOException {
        HashedFile whole = HashedFile.open(file);
        if (!whole.hashed()) throw new IOException(file + " is not whole: the SHA-256 at its end is missing");
        return new ExcerptFile(file, ExcerptHead.decode(file, begin(file), whole.bodySize()));
    }

    /// Writes the segment to a file of its own.
    void unpack(Path segment) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel to = OwnerOnly.create(segment)) {
            for (long done = 0; done < head.bytes(); ) {
                done += from.transferTo(ExcerptHead.SIZE + done, head.bytes() - done, to);
            }
        }
    }
}
