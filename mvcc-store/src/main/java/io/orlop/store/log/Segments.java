package io.orlop.store.log;

import io.orlop.store.api.Octets;
import io.orlop.store.disk.Disk;
import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Which segments there are. Each keeps its number for as long as this process lives; a rewritten one is another.
///
/// ```
///   number   0        1        2        3        4
///            closed   replaced grows    closed   –             1 was rewritten as 3 and is still read;
///            ▲                 ▲                               4 was to be a rewrite of 0 and failed
///   order    0        3        2                               that of their names
/// ```
/// The writer counts what is alive in each, a thread of its own makes next generations and footers, any thread reads.
public final class Segments {
    private final Disk disk;
    private final AtomicLong bytes = new AtomicLong();
    private final ReentrantLock adopting = new ReentrantLock();
    private volatile @Nullable Segment[] segments;

    /// Segments that were replaced while somebody looked at them. Guarded by `adopting`, as is the count of views.
    private final List<Segment> outlived = new ArrayList<>();

    private int views;

    Segments(Disk disk, List<Segment> found) throws IOException {
        this.disk = disk;
        this.segments = found.toArray(Segment[]::new);
        for (Segment segment : found) bytes.addAndGet(segment.wholeBytes());
    }

    /// Null if it is gone because a newer generation took its place.
    @Nullable
    Segment get(int number) {
        return segments[number];
    }

    Segment adopt(SegmentName name, DiskFile file) {
        adopting.lock();
        try {
            @Nullable Segment[] known = segments;
            Segment segment = new Segment(known.length, name, new LogFile(file, disk.place(), name));
            @Nullable Segment[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = segment;
            segments = more;
            return segment;
        } finally {
            adopting.unlock();
        }
    }

    /// A segment has become longer by so many bytes.
    void grew(long by) {
        bytes.addAndGet(by);
    }

    /// Bytes of all segments together.
    long bytes() {
        return bytes.get();
    }

    /// About how many of these hold what somebody needs: each record counts as much as any other of its segment.
    ///
    /// It stays an estimate. To be exact one would have to know how long a record is when it is forgotten, and the
    /// index knows only where it is. To look there would cost a compaction, which forgets millions a second, a page
    /// of the disk for each; to note it would cost each key eight bytes of memory. Where a segment is all alive or
    /// all dead, or its values are about as large as each other, it is exact up to the heads of frames.
    long bytesInUse(SafeEnd end) {
        long inUse = 0;
        for (Segment segment : segments) {
            if (segment == null || segment.replaced) continue;
            long all = segment == end.segment() ? end.bytes() : segment.framesEnd;
            inUse += segment.records == 0 ? all : all * Math.min(segment.alive, segment.records) / segment.records;
        }
        return inUse;
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
            if (segment == null || !segment.sealed || segment.replaced) continue;
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
            grew(segment.file.size() - before);
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
        String there = unfinished;
        try {
            moves = new SegmentRewrite(old, next, alive::test, () -> olderAreClean(old), stepDone).run();
            disk.rename(unfinished, name.file());
            there = name.file();
            disk.forceNames();
        } catch (IOException | RuntimeException e) {
            abandon(next, there);
            throw e;
        }
        next.records = moves.size() + next.pinned;
        next.alive = moves.size();
        grew(next.file.size());
        next.sealed = true;
        next.footed = true;
        old.replaced = true;
        return new Rewritten(number, moves);
    }

    /// Nothing points there yet. What cannot be removed now is removed by the next start.
    private void abandon(Segment next, String file) {
        adopting.lock();
        try {
            without(next);
            next.file.close();
            disk.delete(file);
        } catch (IOException e) {
            // The old segment is still there and still right.
        } finally {
            adopting.unlock();
        }
    }

    private void without(Segment gone) {
        @Nullable Segment[] fewer = segments.clone();
        fewer[gone.number] = null;
        segments = fewer;
    }

    /// Nobody reads this segment any more: its newer generation took its place. Should its file stay behind, the next
    /// start removes it.
    public void retire(int number) {
        adopting.lock();
        try {
            Segment old = segments[number];
            if (old == null) return;
            without(old);
            if (views > 0) outlived.add(old);
            else remove(old);
        } finally {
            adopting.unlock();
        }
    }

    private void remove(Segment old) {
        try {
            grew(-old.wholeBytes());
            old.file.close();
            disk.delete(old.name.file());
        } catch (IOException e) {
            // It is in nobody's way.
        }
    }

    /// @param safeEnd where the view ends, asked when no segment comes or goes
    LogView view(Supplier<SafeEnd> safeEnd) {
        adopting.lock();
        try {
            SafeEnd safe = safeEnd.get();
            // Of a segment that is being rewritten, the generation that is whole for sure.
            TreeMap<Long, LogView.Piece> pieces = new TreeMap<>();
            for (Segment segment : segments) {
                if (segment == null || segment.name.compareTo(safe.segment().name) > 0) continue;
                LogView.Piece older = pieces.get(segment.name.firstSequence());
                if (older != null && older.segment().name.compareTo(segment.name) < 0) continue;
                long size = segment == safe.segment() ? safe.bytes() : segment.wholeBytes();
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

    void close() throws IOException {
        for (Segment segment : segments) {
            if (segment != null) segment.file.close();
        }
        for (Segment segment : outlived) segment.file.close();
    }
}
