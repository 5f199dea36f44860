package io.orlop.store.log;

import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// One file of the log, open.
final class Segment {
    /// Enough for most values, so that one read does.
    private static final int FIRST_READ_BYTES = 2048;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    final int number;
    volatile SegmentName name;
    final LogFile file;

    /// Changes of keys that it holds, and how many of them the index points to. The writer counts.
    int records;
    int alive;

    /// Tombstones that nobody needs but older segments: see [SegmentRewrite].
    int pinned;

    /// It takes no more frames.
    volatile boolean sealed;

    /// Where its frames end, once it is sealed.
    volatile long framesEnd;

    /// Where its file was made to end ahead of its frames. Whoever syncs asks.
    long fileEnd;

    /// It has a footer: what it says need not be read from its frames.
    volatile boolean footed;

    /// Its footer could not be written. The rewriting thread's.
    boolean footerFailed;

    /// Its next generation is there; it stays only until nobody reads it any more.
    volatile boolean replaced;

    Segment(int number, SegmentName name, LogFile file) {
        this.number = number;
        this.name = name;
        this.file = file;
    }

    /// Another file, of its next generation, has the same frames at the same places, and nothing behind them.
    void renewed(SegmentName next, DiskFile another) throws IOException {
        file.renewed(next, another);
        name = next;
        fileEnd = 0;
        footed = false;
    }

    /// Without what may be left of a footer that was begun, or zeros. Of one that takes frames, as of the start.
    long wholeBytes() throws IOException {
        return footed ? file.size() : framesEnd;
    }

    void recorded(LogRecord record) {
        if (record instanceof LogRecord.Put || record instanceof LogRecord.Tombstone) {
            records++;
            alive++;
        }
    }

    /// Looks at a put without a call to the operating system, if its record is whole and in memory.
    boolean look(long offset, StoredPut into) {
        MemorySegment there = file.inMemory(offset);
        if (there == null || there.byteSize() < RecordCodec.HEAD_BYTES) return false;
        try {
            long length = RecordCodec.HEAD_BYTES + Integer.toUnsignedLong(there.get(INT, RecordCodec.LENGTH_AT));
            if (length > there.byteSize()) return false;
            byte[] bytes = into.room((int) length);
            MemorySegment.copy(there, ValueLayout.JAVA_BYTE, 0, bytes, 0, (int) length);
            return RecordCodec.intactAt(bytes, 0, (int) length) && into.parse();
        } catch (IllegalStateException | InternalError gone) {
            // Closed, cut, or the disk cannot read it: to read in the usual way will say so.
            return false;
        }
    }

    /// As much as there is, or the head alone: what the disk cannot read further on is not the record's, maybe.
    private int readFirst(byte[] bytes, long offset) throws IOException {
        try {
            return file.read(ByteBuffer.wrap(bytes), offset);
        } catch (DamagedLogException e) {
            return file.read(ByteBuffer.wrap(bytes, 0, RecordCodec.HEAD_BYTES), offset);
        }
    }

    LogRecord read(String place, long offset) throws IOException {
        byte[] bytes = new byte[FIRST_READ_BYTES];
        int read = readFirst(bytes, offset);
        long length = read < RecordCodec.HEAD_BYTES ? Long.MAX_VALUE : RecordCodec.lengthAt(bytes, 0);
        if (length > read && length <= file.size() - offset) {
            bytes = new byte[Math.toIntExact(length)];
            read = file.read(ByteBuffer.wrap(bytes), offset);
        }
        if (length > read || !RecordCodec.intactAt(bytes, 0, (int) length)) {
            throw new DamagedLogException(place, name.file(), offset, "the record there fails its checksum");
        }
        return RecordCodec.decode(bytes, 0, (int) length, true);
    }
}
