package io.orlop.store.backup;

import io.orlop.store.log.LogView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A snapshot: a head, segments of a log as they are, and a hash at the end.
///
/// ```
///  0            8        12      16      24         32
///  +------------+--------+-------+-------+----------+-------------------------+- - -+
///  | "orlopBAK" | format | parts | after | revision | bytes │ length │ name … | 0 … |   padded to 512
///  +------------+--------+-------+-------+----------+-------------------------+- - -+
///  | part | part | …                                                          | 0 … |   padded to 512
///  +--------------------------------------------------------------------------+-----+
///  | SHA-256 of everything before it, 32 bytes                                      |
///  +--------------------------------------------------------------------------------+
/// ```
/// Its size is 32 more than a multiple of 512: by that, etcd's clients know that the hash is there.
///
/// @param after 0 for the whole store; otherwise only changes of later revisions are here, in one part
/// @param revision the store's revision when the snapshot was begun; the snapshot may hold later ones
record SnapshotHead(long after, long revision, List<LogView.Part> parts) {
    static final int SECTOR = 512;
    static final int HASH_BYTES = 32;

    private static final byte[] MAGIC = "orlopBAK".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;
    private static final int FIXED_BYTES = 32;
    private static final int PARTS_MAX = 1 << 20;

    /// Of the head, the padding after it included.
    int size() {
        int size = FIXED_BYTES;
        for (LogView.Part part : parts) size += Long.BYTES + Integer.BYTES + name(part).length;
        return (int) padded(size);
    }

    /// Of everything but the hash.
    long bodySize() {
        return padded(size() + parts.stream().mapToLong(LogView.Part::bytes).sum());
    }

    static long padded(long size) {
        return (size + SECTOR - 1) / SECTOR * SECTOR;
    }

    byte[] encode() {
        ByteBuffer buffer = ByteBuffer.allocate(size());
        buffer.put(MAGIC).putInt(FORMAT).putInt(parts.size()).putLong(after).putLong(revision);
        for (LogView.Part part : parts) {
            buffer.putLong(part.bytes()).putInt(name(part).length).put(name(part));
        }
        return buffer.array();
    }

    /// @param bytes the beginning of a snapshot that is known to be as it was written
    static SnapshotHead decode(ByteBuffer bytes) throws IOException {
        byte[] magic = new byte[MAGIC.length];
        bytes.get(magic);
        if (!Arrays.equals(magic, MAGIC)) throw new IOException("it is no snapshot of a store");
        int format = bytes.getInt();
        if (format != FORMAT)
            throw new IOException("its format " + format + " is of a newer store; restore it with that");
        int count = bytes.getInt();
        long after = bytes.getLong();
        long revision = bytes.getLong();
        if (count < 0 || count > PARTS_MAX) throw new IOException("it has " + count + " parts");
        List<LogView.Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long size = bytes.getLong();
            byte[] name = new byte[bytes.getInt()];
            bytes.get(name);
            parts.add(new LogView.Part(new String(name, StandardCharsets.UTF_8), size));
        }
        return new SnapshotHead(after, revision, parts);
    }

    private static byte[] name(LogView.Part part) {
        return part.file().getBytes(StandardCharsets.UTF_8);
    }
}
