package io.orlop.store.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// What happened after a revision: a head, a segment of a log, and a hash at the end. etcd has no such thing.
///
/// ```
///  0            8       16         24      32
///  +------------+-------+----------+-------+---------------------------------------+
///  | "orlopEX1" | after | revision | bytes | 0 …                    padded to 512  |
///  +------------+-------+----------+-------+---------------------------------------+
///  | segment                               | 0 …                    padded to 512  |
///  +---------------------------------------+---------------------------------------+
///  | SHA-256 of everything before it, 32 bytes                                     |
///  +-------------------------------------------------------------------------------+
/// ```
///
/// @param after only changes of later revisions are here
/// @param revision the store's revision when the excerpt was begun; it may hold later ones
/// @param bytes of the segment
record ExcerptHead(long after, long revision, long bytes) {
    static final int SIZE = HashedFile.SECTOR;

    private static final byte[] MAGIC = "orlopEX1".getBytes(StandardCharsets.US_ASCII);

    /// Of everything but the hash.
    long bodySize() {
        return SIZE + (bytes + HashedFile.SECTOR - 1) / HashedFile.SECTOR * HashedFile.SECTOR;
    }

    byte[] encode() {
        ByteBuffer buffer = ByteBuffer.allocate(SIZE);
        return buffer.put(MAGIC).putLong(after).putLong(revision).putLong(bytes).array();
    }

    static boolean isAt(byte[] begin) {
        return begin.length >= MAGIC.length && Arrays.equals(begin, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /// @param begin of a file that is known to be as it was written
    static ExcerptHead decode(Path file, byte[] begin, long bodySize) throws IOException {
        if (begin.length < SIZE || !isAt(begin)) throw new IOException(file + " is no excerpt of a store");
        ByteBuffer buffer = ByteBuffer.wrap(begin).position(MAGIC.length);
        ExcerptHead head = new ExcerptHead(buffer.getLong(), buffer.getLong(), buffer.getLong());
        if (head.bytes < 0 || head.bodySize() != bodySize) throw new IOException(file + ": its parts do not add up");
        return head;
    }
}
