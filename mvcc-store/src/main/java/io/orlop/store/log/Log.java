package io.orlop.store.log;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import io.orlop.disk.DiskFullException;
import io.orlop.disk.UnforgivingDirectory;
import io.orlop.disk.bytes.ByteSink;
import io.orlop.store.api.KeyValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
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
/// One thread writes: [#begin], [#add] for each record, [#end] make a frame in memory, [#cut] takes all frames made
/// since the last cut, and [#sync], which another thread may call, writes those and returns when they are safe. Only
/// then there may be another cut. [#commit] does both. Any thread reads what is safe.
public final class Log implements AutoCloseable {
    /// The most that can be asked for: no place behind 4 GiB has a name (see [Location]), and a segment may become
    /// longer than was asked for by as much as a group of changes is long.
    public static final long SEGMENT_BYTES_MAX = 1L << 31;

    private static final int BATCH_BYTES_KEPT = 1 << 20;
    private static final int WRITE_BYTES_MAX = 1 << 20;

    /// A file grows by this share of a segment at a time: 256 KiB of 64 MiB.
    private static final int GROWTHS_OF_SEGMENT = 256;

    /// A batch of so many parts of a growth takes its room as it comes.
    private static final int SMALL_PARTS_OF_GROWTH = 4;

    private final Directory disk;
    private final AutoCloseable lock;
    private final long segmentBytesMax;
    private final ForceTimes forceTimes;
    private ByteSink batch = new ByteSink(BATCH_BYTES_KEPT);

    /// What was cut last, maybe on its way to the disk.
    private Batch cut;
    private final Segments segments;
    private final NextFile next;
    private Segment active;

    /// Where the next batch will begin.
    private long activeSize;
    private long sequence;
    private long revision;
    private volatile long safe;
    private int frameStart;
    private final Reserve reserve;
    private boolean closing;
    private volatile long commits;
    private volatile long written;
    private final boolean isMarked;
    private Consumer<IOException> renewed = _ -> {};

    /// How far the log is safe: what a view that is taken now ends with.
    private volatile SafeEnd safeEnd;

    /// Frames that go to the disk together.
    public static final class Batch {
        private final ByteSink sink;
        private final Segment segment;
        private final long offset;
        private final long lastSequence;
        private final long revision;

        private Batch(ByteSink sink, Segment segment, long offset, long lastSequence, long revision) {
            this.sink = sink;
            this.segment = segment;
            this.offset = offset;
            this.lastSequence = lastSequence;
            this.revision = revision;
        }
    }

    private Log(Directory disk, AutoCloseable lock, long segmentBytesMax, Recovery recovery, ForceTimes forceTimes)
            throws IOException {
        this.forceTimes = forceTimes;
        this.disk = disk;
        this.lock = lock;
        this.segmentBytesMax = segmentBytesMax;
        this.reserve = new Reserve(disk);
        this.segments = new Segments(disk, recovery.segments());
        this.next = new NextFile(disk, growthBytes());
        this.sequence = recovery.lastSequence();
        this.revision = recovery.revision();
        this.isMarked = recovery.lastIsMarked();
        this.safe = sequence;
        if (recovery.lastIsSealed()) {
            active = create();
        } else {
            active = recovery.segments().getLast();
            activeSize = recovery.tailOffset();
        }
        safeEnd = new SafeEnd(active, activeSize);
        cut = new Batch(new ByteSink(BATCH_BYTES_KEPT), active, activeSize, sequence, revision);
    }

    /// Opens the log in this disk's directory, or starts one there.
    ///
    /// @param replay hears all that the log says, before this returns
    public static Log open(Directory disk, long segmentBytesMax, Replay replay) throws IOException {
        ForceTimes forceTimes = new ForceTimes(System::nanoTime, _ -> {});
        return open(disk, segmentBytesMax, replay, Runnable::run, true, forceTimes);
    }

    /// @param readers what several segments at once are read on
    /// @param checksFrames whether to see that every frame is whole, also where a footer says what is in them
    /// @param forceTimes is told how long each group of changes took to become safe
    public static Log open(
            Directory given,
            long segmentBytesMax,
            Replay replay,
            Executor readers,
            boolean checksFrames,
            ForceTimes forceTimes)
            throws IOException {
        if (segmentBytesMax > SEGMENT_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a segment may have " + SEGMENT_BYTES_MAX + " bytes at most, not " + segmentBytesMax);
        }
        Directory disk = new UnforgivingDirectory(given);
        // Before there is a lock in a directory that is somebody's; recovery looks again when it has it.
        StoreFiles.requireLogOrNothing(disk.place(), disk.names());
        AutoCloseable lock = disk.lock();
        try {
            Recovery recovery = new Recovery(disk, replay, readers, checksFrames);
            recovery.run();
            return new Log(disk, lock, segmentBytesMax, recovery, forceTimes);
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
        active.recorded(record);
        return location;
    }

    /// @param reached the store's revision after this frame
    public void end(long reached) {
        sequence++;
        revision = reached;
        Frame.end(batch, frameStart, sequence, reached);
    }

    /// Bytes of the frames that were not cut yet.
    public int pendingBytes() {
        return batch.size();
    }

    /// A frame of about so many bytes is about to be made.
    public void expect(long bytes) {
        segments.toCome(bytesToBe() - bytes() + bytes);
    }

    /// What all segments will take when everything made so far is safe. Only the writer asks.
    public long bytesToBe() {
        return segments.bytes() + (cut.lastSequence > safe ? cut.sink.size() : 0) + batch.size();
    }

    /// Takes the frames made since the last cut, which must be safe by now.
    ///
    /// @return null if there are none
    public @Nullable Batch cut() {
        if (batch.size() == 0) return null;
        ByteSink spare = cut.sink;
        cut = new Batch(batch, active, activeSize, sequence, revision);
        activeSize += batch.size();
        segments.toCome(batch.size());
        spare.clear();
        batch = spare;
        return cut;
    }

    /// Lets go of the room that large groups took. Only the writer asks, while no batch is on its way to the disk.
    public void rest() {
        if (batch.size() == 0) batch.shrink();
        if (cut.lastSequence <= safe) cut.sink.shrink();
    }

    /// Writes a batch and returns when it is safe, if need be in another file. After a failure nobody can say what is
    /// on the disk: the caller must not use the log any more.
    public void sync(Batch cutBefore) throws IOException {
        ByteSink sink = cutBefore.sink;
        int bytes = sink.size();
        DiskFile file = cutBefore.segment.file;
        // Not when the frame was made: then the batch before this one was still on its way, and damage to that one
        // would pass for a torn tail.
        for (int frame = 0; frame < bytes; ) frame = Frame.stamp(sink, frame, safe);
        try {
            lengthen(cutBefore.segment, cutBefore.offset + bytes, bytes);
            withReserve(() -> write(cutBefore));
            forceTimes.force(file);
        } catch (DiskFullException full) {
            throw full;
        } catch (IOException failed) {
            renew(cutBefore, failed);
        }
        safeEnd = new SafeEnd(cutBefore.segment, cutBefore.offset + bytes);
        cutBefore.segment.mark(cutBefore.revision, cutBefore.offset + bytes);
        segments.grew(bytes);
        written += bytes;
        commits++;
        // From here on the batch is the writer's again.
        safe = cutBefore.lastSequence;
    }

    /// The disk failed, so another force of this file would prove nothing. All of the segment that is safe, and this
    /// batch behind it, go to another file.
    private void renew(Batch batch, IOException failed) throws IOException {
        Segment segment = batch.segment;
        SegmentName old = segment.name;
        try {
            ByteBuffer frames = ByteBuffer.wrap(batch.sink.array(), 0, batch.sink.size());
            SegmentName next = old.rewritten();
            segment.renewed(next, Renewal.elsewhere(disk, segment.file, batch.offset, frames, next));
        } catch (IOException | RuntimeException e) {
            failed.addSuppressed(e);
            throw failed;
        }
        try {
            disk.delete(old.file());
        } catch (IOException e) {
            // The next start removes it.
        }
        renewed.accept(failed);
    }

    /// @param action hears why, when the disk failed and what it should have kept was written elsewhere; must not block
    public void whenRenewed(Consumer<IOException> action) {
        renewed = action;
    }

    /// Writes zeros behind what is to be written, which begin no frame. A file system that has to find room, or to
    /// note a new length, writes to its journal with the next `fdatasync`, which takes about twice as long then.
    /// ```
    ///   │ head │ frame │ frame │ this batch │ 0 0 0 0 …  │     the file ends here until a batch does not fit
    /// ```
    /// A large batch takes long enough not to need that, and would have everything written twice. A start after a
    /// crash cuts the zeros like any torn tail; else they go when the log is closed, or for a footer.
    private void lengthen(Segment segment, long end, int bytes) throws IOException {
        if (end <= segment.fileEnd) return;
        long growth = growthBytes();
        boolean small = bytes <= growth / SMALL_PARTS_OF_GROWTH;
        if (!small || !hasRoomAhead()) return;
        long longer = (end / growth + 1) * growth;
        try {
            Zeros.write(segment.file, end, longer);
            segment.fileEnd = longer;
        } catch (DiskFullException notAhead) {
            // The batch itself may still fit.
        }
    }

    private long growthBytes() {
        return Math.max(1, segmentBytesMax / GROWTHS_OF_SEGMENT);
    }

    /// Where room is short, nothing is taken before it is needed.
    private boolean hasRoomAhead() throws IOException {
        return disk.usableBytes() / GROWTHS_OF_SEGMENT >= growthBytes();
    }

    /// Whether the disk took longer than usual a moment ago to make something safe.
    public boolean diskHesitates() {
        return forceTimes.hesitates();
    }

    /// Cuts and writes at once.
    public void commit() throws IOException {
        Batch all = cut();
        if (all != null) sync(all);
    }

    private static void write(Batch batch) throws IOException {
        ByteSink sink = batch.sink;
        for (int from = 0; from < sink.size(); from += WRITE_BYTES_MAX) {
            int count = Math.min(WRITE_BYTES_MAX, sink.size() - from);
            batch.segment.file.write(batch.offset + from, ByteBuffer.wrap(sink.array(), from, count));
        }
    }

    private interface Writing {
        void write() throws IOException;
    }

    /// Nothing was forced yet, so what is written for want of room may be written again.
    private void withReserve(Writing writing) throws IOException {
        try {
            writing.write();
        } catch (DiskFullException full) {
            if (!reserve.release()) throw full;
            writing.write();
        }
    }

    /// Puts room aside for when the disk is full, if there is room.
    public void keepReserve(long reserveBytes) {
        reserve.keep(reserveBytes);
    }

    /// Whether the disk was found full, and the reserve given up.
    public boolean reserveIsSpent() {
        return reserve.isSpent();
    }

    /// The last word before the log is closed, if it does not end with one: a frame of nothing that knows all before it
    /// to be safe. Without it, damage to the last of them would pass for a torn tail, and the next start
    /// would write the segment anew.
    public void mark(long revision) throws IOException {
        if (commits == 0 && isMarked) return;
        begin();
        end(revision);
        commit();
        if (active.fileEnd > activeSize) active.file.truncate(activeSize);
        active.fileEnd = activeSize;
    }

    public boolean segmentIsFull() {
        return closing || activeSize >= segmentBytesMax;
    }

    /// Has the segment that grows closed with the next group, if something in it may be dead. Only the writer asks.
    public boolean closeIfWorthwhile() {
        closing = active.hasPast();
        return closing;
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
        active.framesEnd = activeSize;
        active.sealed = true;
        closing = false;
        active = create();
        begin();
        checkpoint.forEach(this::add);
        end(revision);
        commit();
    }

    private Segment create() throws IOException {
        SegmentName name = new SegmentName(sequence + 1, 0);
        boolean isReady = next.isReady();
        DiskFile file = isReady ? next.take(name, some -> writeHead(some, name)) : createFile(name);
        activeSize = SegmentHead.BYTES;
        segments.grew(SegmentHead.BYTES);
        Segment segment = segments.adopt(name, file, revision);
        if (isReady) segment.fileEnd = growthBytes();
        return segment;
    }

    private DiskFile createFile(SegmentName name) throws IOException {
        DiskFile file = disk.create(name.file());
        writeHead(file, name);
        file.force();
        disk.forceNames();
        return file;
    }

    private void writeHead(DiskFile file, SegmentName name) throws IOException {
        withReserve(() -> file.write(0, ByteBuffer.wrap(SegmentHead.encode(name))));
    }

    /// Makes the file of the next segment, so that [#roll] finds it. The thread that rewrites segments does this.
    public void prepareNext() {
        try {
            next.prepare(hasRoomAhead());
        } catch (IOException unknown) {
            // Whether there is room. The writer will see.
        }
    }

    /// Looks how much of a segment is needed: see [Segments]. The thread that rewrites segments does this.
    ///
    /// @param into gets what was found, if the segment is closed
    /// @param stepDone is called after each step, which is small
    public void count(int segment, Needed needed, Census into, Runnable stepDone) throws IOException {
        segments.count(segment, safeEnd, needed, into, stepDone);
    }

    /// Which segments there are, and what can be done about them beside the writer.
    public Segments segments() {
        return segments;
    }

    /// Everything that is safe now, for as long as the view is open, whatever is written, compacted or rewritten
    /// meanwhile. Any thread may ask, also after the disk failed.
    public LogView view() {
        return segments.view(() -> safeEnd);
    }

    /// Everything that is safe, to be read in order. Any thread may.
    public Chronicle chronicle() {
        return new Chronicle(segments, () -> safeEnd, disk.place());
    }

    /// The value that was put by the record at this location; null if its segment is gone because a newer generation
    /// took its place. The writer may also read what it has not committed yet.
    public @Nullable KeyValue read(long location) throws IOException {
        Segment segment = segments.get(Location.segment(location));
        if (segment == null) return null;
        long offset = Location.offset(location);
        try {
            LogRecord record = safeEnd.covers(segment, offset) ? segment.read(disk.place(), offset) : notSafe(offset);
            if (record instanceof LogRecord.Put put) return put.kv();
        } catch (ClosedChannelException e) {
            if (segments.get(segment.number) == null) return null;
            throw e;
        }
        throw new DamagedLogException(disk.place(), segment.name.file(), offset, "there is no value there");
    }

    /// Like [#read] for those who read many, if the put is safe and the operating system has it in memory.
    ///
    /// @return whether it is in `into` now; if not, [#read] may find it
    public boolean look(long location, StoredPut into) {
        Segment segment = segments.get(Location.segment(location));
        long offset = Location.offset(location);
        return segment != null && safeEnd.covers(segment, offset) && segment.look(offset, into);
    }

    private LogRecord notSafe(long offset) {
        boolean isCut = offset < activeSize;
        byte[] frames = isCut ? cut.sink.array() : batch.array();
        int at = (int) (offset - (isCut ? cut.offset : activeSize));
        return RecordCodec.decode(frames, at, (int) RecordCodec.lengthAt(frames, at), true);
    }

    /// The last frame that is safe.
    public long sequence() {
        return safe;
    }

    /// Bytes of all segments together.
    public long bytes() {
        return segments.bytes();
    }

    /// About how many of these hold what somebody needs.
    public long bytesInUse() {
        return segments.bytesInUse();
    }

    /// How many bytes of frames were made safe, without what is rewritten.
    public long written() {
        return written;
    }

    /// How often the disk was asked to make something safe.
    public long commits() {
        return commits;
    }

    @Override
    public void close() throws IOException {
        try {
            segments.close();
            next.close();
        } finally {
            release(lock);
        }
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
