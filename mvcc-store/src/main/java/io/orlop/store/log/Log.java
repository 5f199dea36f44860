package io.orlop.store.log;

import io.orlop.store.api.KeyValue;
import io.orlop.store.disk.Disk;
import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The log: an ordered row of segments, of which the last one grows.
///
/// ```
///   0000000000000001-00000002.log   000000000001e240-00000000.log   000000000003d090-00000000.log
///   +------+-----+-----+--------+   +------+-----+-----+--------+   +------+-----+-----+- -
///   | head |frame|frame| sealed |   | head |check|frame| sealed |   | head |check|frame|  ← grows
///   +------+-----+-----+--------+   +------+point+-----+--------+   +------+point+-----+- -
///     rewritten twice: gaps           frames in the order of their sequence and revision, for ever
/// ```
/// One thread writes: [#begin], [#add] for each record, [#end] make a frame in memory, [#commit] writes all frames
/// since the last commit and returns when they are safe. Any thread reads what was committed.
public final class Log implements AutoCloseable {
    private static final int BATCH_BYTES_KEPT = 1 << 20;
    private static final int WRITE_BYTES_MAX = 1 << 20;

    private final Disk disk;
    private final AutoCloseable lock;
    private final long segmentBytesMax;
    private final ByteSink batch = new ByteSink(BATCH_BYTES_KEPT);
    private volatile @Nullable Segment[] segments;
    private Segment active;
    private long activeSize;
    private long sequence;
    private volatile long safe;
    private int frameStart;
    private volatile long bytes;
    private volatile long commits;

    private Log(Disk disk, AutoCloseable lock, long segmentBytesMax, Recovery recovery) throws IOException {
        this.disk = disk;
        this.lock = lock;
        this.segmentBytesMax = segmentBytesMax;
        this.segments = recovery.segments().toArray(Segment[]::new);
        this.sequence = recovery.lastSequence();
        this.safe = sequence;
        for (Segment segment : recovery.segments()) bytes += segment.file.size();
        if (recovery.lastIsSealed()) {
            active = create();
        } else {
            active = recovery.segments().getLast();
            activeSize = recovery.tailOffset();
        }
    }

    /// Opens the log in this disk's directory, or starts one there.
    ///
    /// @param replay hears all that the log says, before this returns
    public static Log open(Disk disk, long segmentBytesMax, Replay replay) throws IOException {
        AutoCloseable lock = disk.lock();
        try {
            Recovery recovery = new Recovery(disk, replay);
            recovery.run();
            return new Log(disk, lock, segmentBytesMax, recovery);
        } catch (IOException | RuntimeException e) {
            release(lock);
            throw e;
        }
    }

    public void begin() {
        frameStart = batch.skip(Frame.HEAD_BYTES);
    }

    /// @return where the record will be
    public long add(LogRecord record) {
        long location = Location.of(active.number, activeSize + batch.size());
        RecordCodec.encode(record, batch);
        return location;
    }

    /// @param revision the store's revision after this frame
    public void end(long revision) {
        sequence++;
        int end = batch.size();
        batch.setInt(frameStart + Frame.LENGTH, end - frameStart - Frame.HEAD_BYTES);
        batch.setLong(frameStart + Frame.SEQUENCE, sequence);
        batch.setLong(frameStart + Frame.SAFE, safe);
        batch.setLong(frameStart + Frame.REVISION, revision);
        batch.setInt(frameStart + Frame.CRC, batch.crc(frameStart + Frame.LENGTH, end));
        batch.skip((int) (Frame.sizeOf(end - frameStart - Frame.HEAD_BYTES) - (end - frameStart)));
    }

    /// Bytes of the frames that wait for a commit.
    public int pendingBytes() {
        return batch.size();
    }

    /// Writes what waits and returns when it is safe. After a failure nobody can say what is on the disk: the caller
    /// must not use the log any more.
    public void commit() throws IOException {
        if (batch.size() == 0) return;
        for (int from = 0; from < batch.size(); from += WRITE_BYTES_MAX) {
            int count = Math.min(WRITE_BYTES_MAX, batch.size() - from);
            active.file.write(ByteBuffer.wrap(batch.array(), from, count), activeSize + from);
        }
        active.file.force();
        safe = sequence;
        activeSize += batch.size();
        bytes += batch.size();
        commits++;
        batch.clear();
    }

    public boolean segmentIsFull() {
        return activeSize >= segmentBytesMax;
    }

    /// Whether the active segment has no frame yet, so that a checkpoint is due.
    public boolean segmentIsNew() {
        return activeSize == SegmentHead.BYTES;
    }

    /// Closes the active segment and opens the next, which starts with the records given.
    public void roll(List<LogRecord> checkpoint, long revision) throws IOException {
        begin();
        add(new LogRecord.Sealed());
        end(revision);
        commit();
        active = create();
        begin();
        checkpoint.forEach(this::add);
        end(revision);
        commit();
    }

    private Segment create() throws IOException {
        SegmentName name = new SegmentName(sequence + 1, 0);
        DiskFile file = disk.create(name.file());
        file.write(ByteBuffer.wrap(SegmentHead.encode(name)), 0);
        file.force();
        disk.forceNames();
        @Nullable Segment[] known = segments;
        Segment segment = new Segment(known.length, name, file);
        @Nullable Segment[] more = Arrays.copyOf(known, known.length + 1);
        more[known.length] = segment;
        segments = more;
        activeSize = SegmentHead.BYTES;
        bytes += SegmentHead.BYTES;
        return segment;
    }

    /// The value that was put by the record at this location; null if its segment is gone because a newer generation
    /// took its place. The writer may also read what it has not committed yet.
    public @Nullable KeyValue read(long location) throws IOException {
        Segment segment = segments[Location.segment(location)];
        if (segment == null) return null;
        long offset = Location.offset(location);
        LogRecord record = segment == active && offset >= activeSize
                ? uncommitted((int) (offset - activeSize))
                : segment.read(disk.place(), offset);
        if (record instanceof LogRecord.Put put) return put.kv();
        throw new DamagedLogException(disk.place(), segment.name.file(), offset, "there is no value there");
    }

    private LogRecord uncommitted(int at) {
        return RecordCodec.decode(batch.array(), at, (int) RecordCodec.lengthAt(batch.array(), at), true);
    }

    /// The last frame that is safe.
    public long sequence() {
        return safe;
    }

    /// Bytes of all segments together.
    public long bytes() {
        return bytes;
    }

    /// How often the disk was asked to make something safe.
    public long commits() {
        return commits;
    }

    @Override
    public void close() throws IOException {
        for (Segment segment : segments) {
            if (segment != null) segment.file.close();
        }
        release(lock);
    }

    private static void release(AutoCloseable lock) throws IOException {
        try {
            lock.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
