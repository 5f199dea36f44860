package io.orlop.store.log;

import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.disk.Disk;
import io.orlop.store.disk.DiskFile;
import io.orlop.store.disk.DiskFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
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
    private static final int BATCH_BYTES_KEPT = 1 << 20;
    private static final int WRITE_BYTES_MAX = 1 << 20;

    /// A file grows by this share of a segment at a time: 1 MiB of 64.
    private static final int GROWTHS_OF_SEGMENT = 64;

    private final Disk disk;
    private final AutoCloseable lock;
    private final long segmentBytesMax;
    private final ForceTimes forceTimes;
    private ByteSink batch = new ByteSink(BATCH_BYTES_KEPT);

    /// What was cut last, maybe on its way to the disk.
    private Batch cut;
    private volatile @Nullable Segment[] segments;
    private Segment active;

    /// Where the next batch will begin.
    private long activeSize;
    private long sequence;
    private volatile long safe;
    private int frameStart;
    private final AtomicLong bytes = new AtomicLong();
    private final Reserve reserve;
    private boolean closing;
    private final ReentrantLock adopting = new ReentrantLock();
    private volatile long commits;

    /// How far the log is safe: what a view that is taken now ends with.
    private volatile Safe safeEnd;

    private record Safe(Segment segment, long bytes) {
        /// What is neither in a closed segment nor before the end only the writer knows of.
        boolean covers(Segment some, long offset) {
            return some == segment ? offset < bytes : some.sealed;
        }
    }

    /// Frames that go to the disk together.
    public static final class Batch {
        private final ByteSink sink;
        private final Segment segment;
        private final long offset;
        private final long lastSequence;

        private Batch(ByteSink sink, Segment segment, long offset, long lastSequence) {
            this.sink = sink;
            this.segment = segment;
            this.offset = offset;
            this.lastSequence = lastSequence;
        }
    }

    /// Segments that were replaced while somebody looked at them. Guarded by `adopting`, as is the count of views.
    private final List<Segment> outlived = new ArrayList<>();
    private int views;

    private Log(Disk disk, AutoCloseable lock, long segmentBytesMax, Recovery recovery, ForceTimes forceTimes)
            throws IOException {
        this.forceTimes = forceTimes;
        this.disk = disk;
        this.lock = lock;
        this.segmentBytesMax = segmentBytesMax;
        this.reserve = new Reserve(disk);
        this.segments = recovery.segments().toArray(Segment[]::new);
        this.sequence = recovery.lastSequence();
        this.safe = sequence;
        for (Segment segment : recovery.segments()) bytes.addAndGet(segment.wholeBytes());
        if (recovery.lastIsSealed()) {
            active = create();
        } else {
            active = recovery.segments().getLast();
            activeSize = recovery.tailOffset();
        }
        safeEnd = new Safe(active, activeSize);
        cut = new Batch(new ByteSink(BATCH_BYTES_KEPT), active, activeSize, sequence);
    }

    /// Opens the log in this disk's directory, or starts one there.
    ///
    /// @param replay hears all that the log says, before this returns
    public static Log open(Disk disk, long segmentBytesMax, Replay replay) throws IOException {
        ForceTimes forceTimes = new ForceTimes(System::nanoTime, _ -> {});
        return open(disk, segmentBytesMax, replay, Runnable::run, true, forceTimes);
    }

    /// @param readers what several segments at once are read on
    /// @param checksFrames whether to see that every frame is whole, also where a footer says what is in them
    /// @param forceTimes is told how long each group of changes took to become safe
    public static Log open(
            Disk disk,
            long segmentBytesMax,
            Replay replay,
            Executor readers,
            boolean checksFrames,
            ForceTimes forceTimes)
            throws IOException {
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

    /// @param revision the store's revision after this frame
    public void end(long revision) {
        sequence++;
        Frame.end(batch, frameStart, sequence, revision);
    }

    /// Bytes of the frames that were not cut yet.
    public int pendingBytes() {
        return batch.size();
    }

    /// What all segments will take when everything made so far is safe. Only the writer asks.
    public long bytesToBe() {
        return bytes.get() + (cut.lastSequence > safe ? cut.sink.size() : 0) + batch.size();
    }

    /// Takes the frames made since the last cut, which must be safe by now.
    ///
    /// @return null if there are none
    public @Nullable Batch cut() {
        if (batch.size() == 0) return null;
        ByteSink spare = cut.sink;
        cut = new Batch(batch, active, activeSize, sequence);
        activeSize += batch.size();
        spare.clear();
        batch = spare;
        return cut;
    }

    /// Writes a batch and returns when it is safe. After a failure nobody can say what is on the disk: the caller must
    /// not use the log any more.
    public void sync(Batch cutBefore) throws IOException {
        ByteSink sink = cutBefore.sink;
        DiskFile file = cutBefore.segment.file;
        // Not when the frame was made: then the batch before this one was still on its way, and damage to that one
        // would pass for a torn tail.
        for (int frame = 0; frame < sink.size(); ) frame = Frame.stamp(sink, frame, safe);
        lengthen(cutBefore.segment, cutBefore.offset + sink.size());
        withReserve(() -> write(cutBefore));
        forceTimes.force(file);
        safe = cutBefore.lastSequence;
        safeEnd = new Safe(cutBefore.segment, cutBefore.offset + sink.size());
        bytes.addAndGet(sink.size());
        commits++;
    }

    /// Makes a file longer than what is to be written, by zeros, which begin no frame. A file system that has to note a
    /// new length with every `fdatasync` takes half as long again for it.
    /// ```
    ///   │ head │ frame │ frame │ this batch │ 0 0 0 0 …  │     the file ends here until a batch does not fit
    /// ```
    /// A start after a crash cuts the zeros like any torn tail; else they go when the log is closed, or for a
    // footer.
    private void lengthen(Segment segment, long end) throws IOException {
        if (end <= segment.fileEnd) return;
        long growth = Math.max(1, segmentBytesMax / GROWTHS_OF_SEGMENT);
        long longer = (end / growth + 1) * growth;
        // Where room is short, nothing is taken before it is needed.
        if (disk.usableBytes() / GROWTHS_OF_SEGMENT < growth) return;
        try {
            segment.file.write(ByteBuffer.allocate(1), longer - 1);
            segment.fileEnd = longer;
        } catch (DiskFullException notAhead) {
            // The batch itself may still fit.
        }
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
            batch.segment.file.write(ByteBuffer.wrap(sink.array(), from, count), batch.offset + from);
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

    /// The last word before the log is closed, if there were others: a frame of nothing that knows all before it to be
    /// safe. Without it, damage to the last of them would pass for a torn tail.
    public void mark(long revision) throws IOException {
        if (commits == 0) return;
        begin();
        end(revision);
        commit();
        if (active.fileEnd > activeSize) active.file.truncate(activeSize);
        active.fileEnd = activeSize;
    }

    public boolean segmentIsFull() {
        return closing || activeSize >= segmentBytesMax;
    }

    /// Has the segment that grows closed with the next group, if something in it is dead. Only the writer asks.
    public boolean closeIfWorthwhile() {
        closing = active.alive < active.records;
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
        DiskFile file = disk.create(name.file());
        withReserve(() -> file.write(ByteBuffer.wrap(SegmentHead.encode(name)), 0));
        file.force();
        disk.forceNames();
        activeSize = SegmentHead.BYTES;
        bytes.addAndGet(SegmentHead.BYTES);
        return adopt(name, file);
    }

    private Segment adopt(SegmentName name, DiskFile file) {
        adopting.lock();
        try {
            @Nullable Segment[] known = segments;
            Segment segment = new Segment(known.length, name, file);
            @Nullable Segment[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = segment;
            segments = more;
            return segment;
        } finally {
            adopting.unlock();
        }
    }

    /// The index does not need the record at this location any more. Only the writer says so.
    public void forget(long location) {
        Segment segment = segments[Location.segment(location)];
        if (segment != null) segment.alive--;
    }

    /// Closed segments, oldest first, of which no more than this share of the records must stay. Only the writer asks.
    public List<Integer> rewritable(double aliveMax) {
        List<Segment> worthwhile = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment == null || segment == active || segment.replaced) continue;
            int staying = segment.alive + (olderAreClean(segment) ? 0 : segment.pinned);
            if (staying < segment.records && staying <= aliveMax * segment.records) worthwhile.add(segment);
        }
        worthwhile.sort(Comparator.comparing(segment -> segment.name));
        return worthwhile.stream().map(segment -> segment.number).toList();
    }

    private boolean olderAreClean(Segment segment) {
        for (Segment older : segments) {
            if (older == null || older.name.firstSequence() >= segment.name.firstSequence()) continue;
            if (older.alive != older.records) return false;
        }
        return true;
    }

    /// Gives a closed segment that has none its footer, so that the next start need not read its frames. The thread
    /// that rewrites segments does this.
    ///
    /// @param stepDone is called after each step, which is small
    /// @return whether there was one
    public boolean writeFooter(Runnable stepDone) throws IOException {
        for (Segment segment : segments) {
            if (segment == null || !segment.sealed || segment.footed || segment.replaced) continue;
            if (segment.footerFailed) continue;
            // Until it is there. If it never is, the frames say the same.
            segment.footerFailed = true;
            long before = segment.wholeBytes();
            FooterWriting.write(segment, Contents.read(segment, stepDone));
            bytes.addAndGet(segment.file.size() - before);
            segment.footed = true;
            segment.footerFailed = false;
            return true;
        }
        return false;
    }

    /// Makes the next generation of a closed segment. One thread at a time does this, beside the writer.
    ///
    /// @param stepDone is called after each step, which is small
    public Rewritten rewrite(int number, BiPredicate<Octets, Long> alive, Runnable stepDone) throws IOException {
        Segment old = segments[number];
        if (old == null) throw new IllegalArgumentException("segment " + number + " was replaced already");
        SegmentName name = old.name.rewritten();
        String unfinished = name.file() + SegmentName.UNFINISHED;
        Segment next = adopt(name, disk.create(unfinished));
        List<Rewritten.Move> moves;
        try {
            moves = new SegmentRewrite(old, next, alive::test, () -> olderAreClean(old), stepDone).run();
        } catch (IOException | RuntimeException e) {
            abandon(next, unfinished);
            throw e;
        }
        next.records = moves.size() + next.pinned;
        next.alive = moves.size();
        disk.rename(unfinished, name.file());
        disk.forceNames();
        bytes.addAndGet(next.file.size());
        next.sealed = true;
        next.footed = true;
        old.replaced = true;
        return new Rewritten(number, moves);
    }

    /// Nothing points there yet. What cannot be removed now is removed by the next start.
    private void abandon(Segment next, String file) {
        adopting.lock();
        try {
            @Nullable Segment[] fewer = segments.clone();
            fewer[next.number] = null;
            segments = fewer;
            next.file.close();
            disk.delete(file);
        } catch (IOException e) {
            // The old segment is still there and still right.
        } finally {
            adopting.unlock();
        }
    }

    /// Nobody reads this segment any more: its newer generation took its place. Should its file stay behind, the next
    /// start removes it.
    public void retire(int number) {
        adopting.lock();
        try {
            @Nullable Segment[] fewer = segments.clone();
            Segment old = fewer[number];
            if (old == null) return;
            fewer[number] = null;
            segments = fewer;
            if (views > 0) outlived.add(old);
            else remove(old);
        } finally {
            adopting.unlock();
        }
    }

    private void remove(Segment old) {
        try {
            bytes.addAndGet(-old.wholeBytes());
            old.file.close();
            disk.delete(old.name.file());
        } catch (IOException e) {
            // It is in nobody's way.
        }
    }

    /// Everything that is safe now, for as long as the view is open, whatever is written, compacted or rewritten
    /// meanwhile. Any thread may ask, also after the disk failed.
    public LogView view() {
        adopting.lock();
        try {
            Safe end = safeEnd;
            // Of a segment that is being rewritten, the generation that is whole for sure.
            TreeMap<Long, LogView.Piece> pieces = new TreeMap<>();
            for (Segment segment : segments) {
                if (segment == null || segment.name.compareTo(end.segment.name) > 0) continue;
                LogView.Piece older = pieces.get(segment.name.firstSequence());
                if (older != null && older.segment().name.compareTo(segment.name) < 0) continue;
                long size = segment == end.segment ? end.bytes : segment.wholeBytes();
                pieces.put(segment.name.firstSequence(), new LogView.Piece(segment, size));
            }
            views++;
            return new LogView(disk.place(), List.copyOf(pieces.values()), this::viewClosed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            adopting.unlock();
        }
    }

    private void viewClosed() {
        adopting.lock();
        try {
            if (--views > 0) return;
            outlived.forEach(this::remove);
            outlived.clear();
        } finally {
            adopting.unlock();
        }
    }

    /// The value that was put by the record at this location; null if its segment is gone because a newer generation
    /// took its place. The writer may also read what it has not committed yet.
    public @Nullable KeyValue read(long location) throws IOException {
        Segment segment = segments[Location.segment(location)];
        if (segment == null) return null;
        long offset = Location.offset(location);
        try {
            LogRecord record = safeEnd.covers(segment, offset) ? segment.read(disk.place(), offset) : notSafe(offset);
            if (record instanceof LogRecord.Put put) return put.kv();
        } catch (ClosedChannelException e) {
            if (segments[segment.number] == null) return null;
            throw e;
        }
        throw new DamagedLogException(disk.place(), segment.name.file(), offset, "there is no value there");
    }

    /// Like [#read] for those who read many, if the put is safe and the operating system has it in memory.
    ///
    /// @return whether it is in `into` now; if not, [#read] may find it
    public boolean look(long location, StoredPut into) {
        Segment segment = segments[Location.segment(location)];
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
        return bytes.get();
    }

    /// About how many of these hold what somebody needs: each record counts as much as any other of its segment.
    public long bytesInUse() {
        long inUse = 0;
        Safe end = safeEnd;
        for (Segment segment : segments) {
            if (segment == null || segment.replaced) continue;
            long all = segment == end.segment ? end.bytes : segment.framesEnd;
            inUse += segment.records == 0 ? all : all * Math.min(segment.alive, segment.records) / segment.records;
        }
        return inUse;
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
        for (Segment segment : outlived) segment.file.close();
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
