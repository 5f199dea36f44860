package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import io.orlop.disk.Looked;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// One file of the log, open.
final class Segment {
    /// Enough for most values, so that one read does.
    private static final int FIRST_READ_BYTES = 2048;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    final int number;
    volatile SegmentName name;
    final LogFile file;

    /// The store's revision before its first frame.
    final long since;

    /// Whoever reads it in order adds to them. Of two who do so at once one may be in vain.
    volatile Marks marks = Marks.NONE;

    /// Changes of keys that it holds, and how many of them are puts that nothing followed: the others may be dead, or
    /// will be, at some compaction. The writer counts.
    int records;

    int newest;

    /// How many of its bytes nobody needs, as of the last look at them.
    volatile long deadBytes;

    /// How many of its records nobody needs, as of that look. The rewriting thread's.
    long deadRecords;

    /// It takes no more frames.
    volatile boolean sealed;

    /// Where its frames end, once it is sealed.
    volatile long framesEnd;

    /// Where its file was made to end ahead of its frames. Whoever syncs asks.
    long fileEnd;

    /// Once it is there, what the segment says need not be read from its frames.
    volatile @Nullable Footer footer;

    /// It has a footer, as have all older ones: what happened in it before the newest of each key is looked up there.
    volatile boolean settled;

    /// Its footer could not be written.
    volatile boolean footerFailed;

    /// What its footer will take at most, if there was no room for that once. Whoever writes footers asks.
    long footerBytesMax;

    /// Its footer is not as it was when the segment was opened, or cannot be read.
    volatile boolean footerDamaged;

    /// Its next generation is there; it stays only until nobody reads it any more.
    volatile boolean replaced;

    Segment(int number, SegmentName name, LogFile file, long since) {
        this.number = number;
        this.name = name;
        this.file = file;
        this.since = since;
    }

    /// Whatever changed after this revision is at this offset or further on.
    void mark(long revision, long offset) {
        Marks known = marks;
        Marks more = known.with(revision, offset);
        if (more != known) marks = more;
    }

    /// Another file, of its next generation, has the same frames at the same places, and nothing behind them.
    void renewed(SegmentName next, DiskFile another) throws IOException {
        file.renewed(next, another);
        name = next;
        fileEnd = 0;
        footer = null;
    }

    /// Without what may be left of a footer that was begun, or zeros. Of one that takes frames, as of the start.
    long wholeBytes() throws IOException {
        return footer != null ? file.size() : framesEnd;
    }

    boolean wantsFooter() {
        return sealed && !replaced && !footerFailed && (footer == null || footerDamaged);
    }

    /// Whether it may hold something that is dead at some compaction. Only the writer asks.
    boolean hasPast() {
        return newest < records;
    }

    void recorded(LogRecord record) {
        if (record instanceof LogRecord.Put) newest++;
        if (record.key() != null) records++;
    }

    /// Looks at a put without a call to the operating system, if its record is whole and in memory.
    boolean look(long offset, StoredPut into) {
        MemorySegment there = file.inMemory(offset);
        if (there == null || there.byteSize() < RecordCodec.HEAD_BYTES) return false;
        boolean interrupted = Thread.currentThread().isInterrupted();
        try {
            long length = RecordCodec.HEAD_BYTES + Integer.toUnsignedLong(there.get(INT, RecordCodec.LENGTH_AT));
            if (length > there.byteSize()) return false;
            byte[] bytes = into.room((int) length);
            MemorySegment.copy(there, ValueLayout.JAVA_BYTE, 0, bytes, 0, (int) length);
            return RecordCodec.intactAt(bytes, 0, (int) length) && into.parse();
        } catch (IllegalStateException | InternalError gone) {
            // Closed, cut, or the disk cannot read it: to read in the usual way will say so.
            return false;
        } finally {
            Looked.into(there, interrupted);
        }
    }

    /// As much as there is, or the head alone: what the disk cannot read further on is not the record's, maybe.
    private int readFirst(byte[] bytes, long offset) throws IOException {
        try {
            return file.read(offset, ByteBuffer.wrap(bytes));
        } catch (DamagedLogException e) {
            return file.read(offset, ByteBuffer.wrap(bytes, 0, RecordCodec.HEAD_BYTES));
        }
    }

    LogRecord read(String place, long offset) throws IOException {
        byte[] bytes = new byte[FIRST_READ_BYTES];
        int read = readFirst(bytes, offset);
        long length = read < RecordCodec.HEAD_BYTES ? Long.MAX_VALUE : RecordCodec.lengthAt(bytes, 0);
        if (length > read && length <= file.size() - offset) {
            bytes = new byte[Math.toIntExact(length)];
            read = file.read(offset, ByteBuffer.wrap(bytes));
        }
        if (length > read || !RecordCodec.intactAt(bytes, 0, (int) length)) {
            throw new DamagedLogException(place, name.file(), offset, "the record there fails its checksum");
        }
        return RecordCodec.decode(bytes, 0, (int) length, true);
    }
}
