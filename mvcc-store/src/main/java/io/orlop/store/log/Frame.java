package io.orlop.store.log;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;

/// A frame is one transaction: all of it is there, or none.
///
/// ```
///  0        4        8          16         24         32                      padded to 8
///  +--------+--------+----------+----------+----------+----------------- ... --+
///  | CRC32C | length | sequence | safe     | revision | records                |
///  +--------+--------+----------+----------+----------+----------------- ... --+
///    of all   of the   counts     the last   the store's
///    after    records  frames     frame      revision
///    it                           known to   after it
///                                 be synced
///                                 when this
///                                 was written
/// ```
/// `safe` is what tells a torn tail from damage. Frames of one group commit go to the disk together, and a power cut
/// may keep a later one and lose an earlier one: those were never acknowledged. But a frame that knew its predecessor
/// to be safe proves, by being there, that the predecessor was there too.
///
/// @param at where the records start in `bytes`
record Frame(long offset, long sequence, long safe, long revision, byte[] bytes, int at, int length) {
    static final int HEAD_BYTES = 32;
    static final int CRC = 0;
    static final int LENGTH = 4;
    static final int SEQUENCE = 8;
    static final int SAFE = 16;
    static final int REVISION = 24;

    static long sizeOf(long recordBytes) {
        return (HEAD_BYTES + recordBytes + 7) & ~7L;
    }

    /// Fills in the head of the frame whose records were written behind it, and pads it.
    static void close(ByteSink sink, int start, long sequence, long safe, long revision) {
        end(sink, start, sequence, revision);
        stamp(sink, start, safe);
    }

    /// Like [#close], but for what is known only when the frame is written: see [#stamp].
    static void end(ByteSink sink, int start, long sequence, long revision) {
        int end = sink.size();
        int length = end - start - HEAD_BYTES;
        sink.setInt(start + LENGTH, length);
        sink.setLong(start + SEQUENCE, sequence);
        sink.setLong(start + REVISION, revision);
        sink.skip((int) (sizeOf(length) - (end - start)));
    }

    /// Says in a frame that was ended what is safe now, and seals it with its checksum.
    ///
    /// @return where the next frame starts
    static int stamp(ByteSink sink, int start, long safe) {
        int length = ByteSource.intAt(sink.array(), start + LENGTH);
        int end = start + (int) sizeOf(length);
        sink.setLong(start + SAFE, safe);
        sink.setInt(start + CRC, sink.crc(start + LENGTH, end));
        return end;
    }

    /// Where the record is in the file that is here in `bytes`.
    long offsetOf(int record) {
        return offset + HEAD_BYTES + record - at;
    }

    /// Where the next frame starts.
    long end() {
        return offset + sizeOf(length);
    }
}
