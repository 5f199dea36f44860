package io.orlop.store.log;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import io.orlop.disk.bytes.Checksum;

/// The first bytes of a segment: who wrote it, in which format, and which frames it holds.
///
/// ```
///  0            8        12       16               24           32
///  +------------+--------+--------+----------------+------------+
///  | "orlopLOG" | format | CRC32C | first sequence | generation |
///  +------------+--------+--------+----------------+------------+
/// ```
final class SegmentHead {
    static final int BYTES = 32;

    private static final long MAGIC = 0x474f_4c70_6f6c_726fL;
    private static final int FORMAT = 1;

    private SegmentHead() {}

    static byte[] encode(SegmentName name) {
        ByteSink sink = new ByteSink(BYTES);
        sink.skip(BYTES);
        sink.setLong(0, MAGIC);
        sink.setInt(8, FORMAT);
        sink.setLong(16, name.firstSequence());
        sink.setLong(24, name.generation());
        sink.setInt(12, sink.crc(16, BYTES));
        return sink.array();
    }

    static boolean fits(byte[] head, SegmentName name) {
        return ByteSource.longAt(head, 0) == MAGIC
                && ByteSource.intAt(head, 8) == FORMAT
                && ByteSource.intAt(head, 12) == Checksum.of(head, 16, BYTES)
                && ByteSource.longAt(head, 16) == name.firstSequence()
                && ByteSource.longAt(head, 24) == name.generation();
    }
}
