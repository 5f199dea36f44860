package io.orlop.store.backup;

import io.orlop.store.log.LogView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// A snapshot in a file, checked as a whole before anything in it is believed.
final class SnapshotFile {
    private static final int COPIED_BYTES = 256 * 1024;
    private static final int HEAD_BYTES_MAX = 16 << 20;

    private final Path file;
    private final SnapshotHead head;

    private SnapshotFile(Path file, SnapshotHead head) {
        this.file = file;
        this.head = head;
    }

    /// @throws IOException if it is not all there as it was written; the message says what is wrong with it
    static SnapshotFile open(Path file) throws IOException {
        long size = Files.size(file);
        if (size % SnapshotHead.SECTOR != SnapshotHead.HASH_BYTES) {
            throw new IOException(file + " is not a whole snapshot: its size, " + size + ", is not "
                    + SnapshotHead.HASH_BYTES + " more than a multiple of " + SnapshotHead.SECTOR);
        }
        checkHash(file, size - SnapshotHead.HASH_BYTES);
        try (InputStream in = Files.newInputStream(file)) {
            SnapshotHead head =
                    SnapshotHead.decode(ByteBuffer.wrap(in.readNBytes((int) Math.min(size, HEAD_BYTES_MAX))));
            if (head.bodySize() != size - SnapshotHead.HASH_BYTES) throw new IOException("its parts do not add up");
            return new SnapshotFile(file, head);
        } catch (IOException | BufferUnderflowException | NegativeArraySizeException e) {
            throw new IOException(file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static void checkHash(Path file, long size) throws IOException {
        MessageDigest digest = sha256();
        byte[] some = new byte[COPIED_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (long rest = size; rest > 0; ) {
                int count = in.readNBytes(some, 0, (int) Math.min(some.length, rest));
                if (count == 0) throw new IOException(file + " ended while it was read");
                digest.update(some, 0, count);
                rest -= count;
            }
            if (!Arrays.equals(digest.digest(), in.readNBytes(SnapshotHead.HASH_BYTES))) {
                throw new IOException(file + " is damaged: its SHA-256 does not match");
            }
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    SnapshotHead head() {
        return head;
    }

    /// Writes each part to a file of its name, and makes it safe.
    void unpack(Path directory) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(head.size());
            for (LogView.Part part : head.parts()) {
                if (!part.file().matches("[0-9a-z.-]+")) throw new IOException(file + " names a part " + part.file());
                Path unpacked = directory.resolve(part.file());
                try (OutputStream out = Files.newOutputStream(unpacked)) {
                    copy(in, part.bytes(), out);
                }
                Directories.force(unpacked);
            }
        }
    }

    private static void copy(InputStream in, long bytes, OutputStream out) throws IOException {
        byte[] some = new byte[(int) Math.min(COPIED_BYTES, bytes)];
        for (long rest = bytes; rest > 0; ) {
            int count = in.readNBytes(some, 0, (int) Math.min(some.length, rest));
            if (count == 0) throw new IOException("the snapshot ended while it was read");
            out.write(some, 0, count);
            rest -= count;
        }
    }
}
