package io.orlop.store.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// A file that ends with the SHA-256 of all before it. Its size is 32 more than a multiple of 512: by that, etcd's
/// tools know that the hash is there, and so do we.
///
/// @param bodySize where the hash begins, or the file ends
record HashedFile(Path file, long bodySize, boolean hashed) {
    static final int SECTOR = 512;
    static final int HASH_BYTES = 32;

    private static final int READ_BYTES = 256 * 1024;

    /// @throws IOException if there is a hash and it does not match
    static HashedFile open(Path file) throws IOException {
        long size = Files.size(file);
        if (size % SECTOR == 0) return new HashedFile(file, size, false);
        if (size % SECTOR != HASH_BYTES) {
            throw new IOException(file + " is not whole: its size, " + size
                    + ", is neither a multiple of " + SECTOR + " nor, with a SHA-256 at the end, " + HASH_BYTES
                    + " more than one");
        }
        check(file, size - HASH_BYTES);
        return new HashedFile(file, size - HASH_BYTES, true);
    }

    private static void check(Path file, long size) throws IOException {
        MessageDigest digest = sha256();
        byte[] some = new byte[READ_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (long rest = size; rest > 0; ) {
                int count = in.readNBytes(some, 0, (int) Math.min(some.length, rest));
                if (count == 0) throw new IOException(file + " ended while it was read");
                digest.update(some, 0, count);
                rest -= count;
            }
            if (!Arrays.equals(digest.digest(), in.readNBytes(HASH_BYTES))) {
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
}
