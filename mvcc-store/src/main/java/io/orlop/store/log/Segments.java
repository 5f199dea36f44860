package io.orlop.store.log;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import io.orlop.disk.DiskFullException;
import io.orlop.store.api.Octets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
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
/// The writer counts what nothing followed in each, a thread of its own counts what is dead and makes next generations
/// and footers, any thread reads.
public final class Segments {
    private static final int STEP_CHANGES = 10_000;
    private static final int SPARE_PARTS = 4;

    /// A segment in which older history is looked up.
    private record Settled(Segment segment, Footer footer) {}

    private final Directory disk;
    private final AtomicLong bytes = new AtomicLong();
    private final ReentrantLock adopting = new ReentrantLock();
    private volatile @Nullable Segment[] segments;

    /// Segments that were replaced while somebody looked at them. Guarded by `adopting`, as is the count of views.
    private final List<Segment> outlived = new ArrayList<>();

    private int views;

    /// The older before the newer.
    private volatile List<Settled> settled = List.of();

    private volatile long placesBytes;

    /// What is left free for the writer.
    private volatile long spareBytes;

    /// What the writer is about to write.
    private volatile long toComeBytes;

    Segments(Directory disk, List<Segment> found) throws IOException {
        this.disk = disk;
        this.segments = found.toArray(Segment[]::new);
        for (Segment segment : found) bytes.addAndGet(segment.wholeBytes());
        settle();
    }

    /// Null if it is gone because a newer generation took its place.
    @Nullable
    Segment get(int number) {
        return segments[number];
    }

    /// Whoever looks at old values or footers has the operating system map them. They stay in its memory without that.
    public void unmap() {
        for (Segment segment : segments) {
            if (segment != null) segment.file.unmap();
        }
    }

    /// @param since the store's revision before its first frame
    Segment adopt(SegmentName name, DiskFile file, long since) {
        adopting.lock();
        try {
            @Nullable Segment[] known = segments;
            Segment segment = new Segment(known.length, name, new LogFile(file, disk.place(), name), since);
            @Nullable Segment[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = segment;
            segments = more;
            return segment;
        } finally {
            adopting.unlock();
        }
    }

    /// Where to begin to look for what changed after a revision: the last segment that was begun before that; null if
    /// there is none.
    @Nullable
    Segment lastBegunBy(long revision, SafeEnd end) {
        Segment best = null;
        for (Segment segment : segments) {
            if (segment == null || !isWhole(segment, end) || segment.since > revision) continue;
            if (best == null || best.name.compareTo(segment.name) < 0) best = segment;
        }
        return best;
    }

    /// The segment that continues this one; null if there is none.
    @Nullable
    Segment after(Segment here, SafeEnd end) {
        Segment best = null;
        for (Segment segment : segments) {
            if (segment == null || !isWhole(segment, end)) continue;
            if (segment.name.firstSequence() <= here.name.firstSequence()) continue;
            if (best == null || isNearer(segment.name, best.name)) best = segment;
        }
        return best;
    }

    private static boolean isNearer(SegmentName one, SegmentName best) {
        int bySequence = Long.compare(one.firstSequence(), best.firstSequence());
        return bySequence != 0 ? bySequence < 0 : one.generation() > best.generation();
    }

    /// Not a next generation in the making, nor one of which nothing is known to be safe.
    private static boolean isWhole(Segment segment, SafeEnd end) {
        return segment.sealed || segment == end.segment();
    }

    /// A segment has become longer by so many bytes.
    void grew(long by) {
        bytes.addAndGet(by);
    }

    /// Bytes of all segments together.
    long bytes() {
        return bytes.get();
    }

    /// How many of these are needed, as of the last look at what a compaction left: see [#count].
    long bytesInUse() {
        long inUse = bytes.get();
        for (Segment segment : segments) {
            if (segment != null && !segment.replaced) inUse -= segment.deadBytes;
        }
        return inUse;
    }

    /// About how much memory is taken by what one has to know of footers to find something in them.
    public long placesBytes() {
        return placesBytes;
    }

    /// About how many changes all segments hold.
    public long records() {
        long records = 0;
        for (Segment segment : segments) if (segment != null && !segment.replaced) records += segment.records;
        return records;
    }

    /// A change followed the one at this location. Only the writer says so.
    public void followed(long location) {
        Segment segment = segments[Location.segment(location)];
        if (segment != null) segment.newest--;
    }

    /// A put that nothing followed is elsewhere now. Only the writer says so.
    public void moved(long from, long to) {
        followed(from);
        found(to);
    }

    /// A start found a put that nothing followed.
    public void found(long location) {
        Segment segment = segments[Location.segment(location)];
        if (segment != null) segment.newest++;
    }

    /// Which segments may hold something dead, the older before the newer. Only the writer asks.
    public List<Integer> withPast() {
        List<Segment> some = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment == null || segment.replaced) continue;
            if (segment.hasPast() || segment.footerFailed) some.add(segment);
        }
        some.sort(Comparator.comparing(segment -> segment.name));
        return some.stream().map(segment -> segment.number).toList();
    }

    /// Looks how much of a segment is needed. The thread that rewrites segments does this.
    ///
    /// @param into gets what was found, if the segment is closed
    /// @param stepDone is called after each step, which is small
    void count(int number, SafeEnd safe, Needed needed, Census into, Runnable stepDone) throws IOException {
        Segment segment = segments[number];
        if (segment == null || segment.replaced) return;
        try {
            count(segment, changes(segment, safe, stepDone), safe, needed, into, stepDone);
        } catch (DamagedFooterException damaged) {
            segment.footerDamaged = true;
            count(segment, changesOfFrames(segment), safe, needed, into, stepDone);
        }
    }

    private static void count(
            Segment segment, SortedChanges changes, SafeEnd safe, Needed needed, Census into, Runnable stepDone)
            throws IOException {
        long bytes = 0;
        long deadPuts = 0;
        long deadTombstones = 0;
        long dead = 0;
        Located change;
        for (int i = 1; (change = changes.next()) != null; i++) {
            boolean tombstone = change.change() instanceof LogRecord.Tombstone;
            bytes += change.bytes();
            if (!needed.isNeeded(change.key(), change.main(), change.sub(), tombstone)) {
                dead++;
                if (tombstone) deadTombstones += change.bytes();
                else deadPuts += change.bytes();
            }
            if (i % STEP_CHANGES == 0) stepDone.run();
        }
        Holdings holdings = new Holdings(segment.number, bytes, deadPuts, deadTombstones, segment.footerFailed);
        long all = segment == safe.segment() ? safe.bytes() : segment.wholeBytes();
        segment.deadBytes = bytes == 0 ? 0 : (long) ((double) all / bytes * (deadPuts + deadTombstones));
        into.foundDead(dead - segment.deadRecords);
        segment.deadRecords = dead;
        if (segment.sealed) into.add(holdings);
    }

    private static SortedChanges changes(Segment segment, SafeEnd safe, Runnable stepDone) throws IOException {
        Footer footer = segment.footer;
        if (footer != null) return footer.sorted(segment.number);
        long stop = segment == safe.segment() ? safe.bytes() : segment.framesEnd;
        return Contents.read(segment, stop, stepDone).changes.sorted(segment.number);
    }

    /// Whether the change at this location can be looked up, as can all before it, or is dead and was left behind.
    public boolean isSettled(long location) {
        Segment segment = segments[Location.segment(location)];
        return segment == null || segment.settled;
    }

    /// The last change of a key before the one of this revision and place, as far as it is settled; null if there is
    /// none. May still find what a compaction took.
    public @Nullable Located lastBefore(Octets key, long main, int sub) throws IOException {
        List<Settled> all = settled;
        if (all.isEmpty()) return null;
        long hash = KeyFilter.hash(key);
        for (Settled some : all.reversed()) {
            if (some.segment.since >= main) continue;
            try {
                Located found = lastBefore(some, key, hash, main, sub);
                if (found != null) return found;
            } catch (ClosedChannelException replaced) {
                if (settled == all) throw replaced;
                return lastBefore(key, main, sub);
            }
        }
        return null;
    }

    private static @Nullable Located lastBefore(Settled some, Octets key, long hash, long main, int sub)
            throws IOException {
        try {
            if (!some.footer.mayHold(hash)) return null;
            return some.footer.lastBefore(key.array(), main, sub, some.segment.number);
        } catch (DamagedFooterException damaged) {
            some.segment.footerDamaged = true;
            Located last = null;
            SortedChanges changes = changesOfFrames(some.segment);
            Located change;
            while ((change = changes.next()) != null) {
                if (change.key().equals(key) && change.isBefore(main, sub)) last = change;
            }
            return last;
        }
    }

    /// The changes of a key with `from <= main <= to`, in order, as far as they are settled; maybe with some that a
    /// compaction took.
    public List<Located> between(Octets key, long from, long to) throws IOException {
        List<Settled> all = settled;
        List<Located> found = new ArrayList<>();
        long hash = KeyFilter.hash(key);
        try {
            for (Settled some : all) {
                if (some.segment.since >= to || some.footer.revision() < from) continue;
                found.addAll(between(some, key, hash, from, to));
            }
            return found;
        } catch (ClosedChannelException replaced) {
            if (settled == all) throw replaced;
            return between(key, from, to);
        }
    }

    private static List<Located> between(Settled some, Octets key, long hash, long from, long to) throws IOException {
        try {
            if (!some.footer.mayHold(hash)) return List.of();
            return between(some.footer.sortedFrom(key.array(), from, some.segment.number), key, from, to);
        } catch (DamagedFooterException damaged) {
            some.segment.footerDamaged = true;
            return between(changesOfFrames(some.segment), key, from, to);
        }
    }

    private static List<Located> between(SortedChanges changes, Octets key, long from, long to) throws IOException {
        List<Located> found = new ArrayList<>();
        Located change;
        while ((change = changes.next()) != null) {
            int compared = change.key().compareTo(key);
            if (compared > 0 || compared == 0 && change.main() > to) break;
            if (compared == 0 && change.main() >= from) found.add(change);
        }
        return found;
    }

    /// What a footer says that cannot be read any more: it takes as long as to read the segment.
    private static SortedChanges changesOfFrames(Segment segment) throws IOException {
        return Contents.read(segment, () -> {}).changes.sorted(segment.number);
    }

    /// Of all generations that are there, the newest, up to the first segment that has no footer.
    private void settle() {
        adopting.lock();
        try {
            List<Segment> closed = new ArrayList<>();
            for (Segment segment : segments) {
                if (segment != null && segment.sealed && !segment.replaced) closed.add(segment);
            }
            closed.sort(Comparator.comparing(segment -> segment.name));
            List<Settled> all = new ArrayList<>();
            for (Segment segment : closed) {
                Footer footer = segment.footer;
                if (footer == null) break;
                all.add(new Settled(segment, footer));
            }
            settled = List.copyOf(all);
            placesBytes =
                    all.stream().mapToLong(some -> some.footer.places().bytes()).sum();
            for (Settled some : all) some.segment.settled = true;
        } finally {
            adopting.unlock();
        }
    }

    /// Where room is short, footers take no more than half of what is free, less so much. Rewrites, which give room
    /// back, leave a quarter of that. The rest is for the writer, who cannot put off what it has to write.
    public void spare(long bytes) {
        spareBytes = bytes;
    }

    /// The writer is about to write so much, which is to find room.
    void toCome(long bytes) {
        toComeBytes = bytes;
    }

    private boolean hasRoomFor(long footerBytes) {
        return footerBytes <= usableBytes() / 2 - spareBytes;
    }

    private void requireRoom(long bytes) throws DiskFullException {
        if (bytes > usableBytes() - spareBytes / SPARE_PARTS) {
            throw new DiskFullException("what is left of the disk is for changes");
        }
    }

    private long usableBytes() {
        try {
            return disk.usableBytes() - toComeBytes;
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    /// Gives a closed segment that has none, or one that cannot be read any more, its footer, so that the next start
    /// need not read its frames, nor the index hold its history. The thread that rewrites segments does this.
    ///
    /// @param stepDone is called after each step, which is small
    /// @return whether there was one
    public boolean writeFooter(Runnable stepDone) throws IOException {
        for (Segment segment : segments) {
            if (segment == null || !segment.wantsFooter() || !hasRoomFor(segment.footerBytesMax)) continue;
            long before = segment.wholeBytes();
            try {
                Contents contents = Contents.read(segment, stepDone);
                segment.footerBytesMax = contents.changes.bytesInFooter();
                if (!hasRoomFor(segment.footerBytesMax)) continue;
                segment.footer = FooterWriting.write(segment.file, segment.name, contents);
            } catch (DiskFullException full) {
                // Nothing was forced: it may be written when there is room. What there is of it gives its room back.
                segment.file.truncate(segment.framesEnd);
                throw full;
            } catch (IOException e) {
                // Nobody can say what is on the disk now. Its next generation will have one.
                segment.footerFailed = true;
                throw e;
            }
            grew(segment.file.size() - before);
            segment.footerDamaged = false;
            settle();
            return true;
        }
        return false;
    }

    /// Makes the next generation of a closed segment. One thread at a time does this, beside the writer.
    ///
    /// @param census what there was in all segments, as of the same compaction
    /// @param stepDone is called after each step, which is small
    public Rewritten rewrite(int number, Needed needed, Census census, Runnable stepDone) throws IOException {
        Segment old = segments[number];
        if (old == null) throw new IllegalArgumentException("segment " + number + " was replaced already");
        SegmentName name = old.name.rewritten();
        String unfinished = name.file() + SegmentName.UNFINISHED;
        Segment next = adopt(name, disk.create(unfinished), old.since);
        SegmentRewrite rewrite =
                new SegmentRewrite(old, next, needed, census.olderAreClean(number), stepDone, this::requireRoom);
        List<Rewritten.Move> moves;
        String there = unfinished;
        try {
            moves = rewrite.run();
            disk.rename(unfinished, name.file());
            there = name.file();
            disk.forceNames();
        } catch (IOException | RuntimeException e) {
            abandon(next, there);
            throw e;
        }
        grew(next.file.size());
        next.deadRecords = rewrite.pinned();
        next.sealed = true;
        old.replaced = true;
        if (rewrite.pinned() == 0) census.cleaned(number);
        settle();
        return new Rewritten(number, moves, !old.settled);
    }

    /// Puts one segment in the place of several in a row of which nothing is left: see [EmptyRow]. The thread that
    /// rewrites segments does this. Nothing points there, so nobody has to be told.
    public void joinEmpty() throws IOException {
        // Those of a view go when it is closed.
        if (keepsOlder()) return;
        Leftovers leftovers = new Leftovers(disk.names());
        List<EmptyRow> rows = EmptyRow.in(settled.stream().map(Settled::segment).toList(), leftovers);
        // What was older of them is gone for good before they go.
        if (!rows.isEmpty()) disk.forceNames();
        for (EmptyRow row : rows) {
            Segment first = row.segments().getFirst();
            SegmentName name = first.name.rewritten();
            String unfinished = name.file() + SegmentName.UNFINISHED;
            Segment next = adopt(name, disk.create(unfinished), first.since);
            String there = unfinished;
            try {
                row.write(next);
                disk.rename(unfinished, name.file());
                there = name.file();
                disk.forceNames();
            } catch (IOException | RuntimeException e) {
                abandon(next, there);
                throw e;
            }
            grew(next.file.size());
            next.sealed = true;
            for (Segment old : row.segments()) old.replaced = true;
            settle();
            retire(row.segments());
        }
    }

    /// Whether somebody looks at what was replaced, and has it stay.
    private boolean keepsOlder() {
        adopting.lock();
        try {
            return !outlived.isEmpty();
        } finally {
            adopting.unlock();
        }
    }

    /// A view has either them or the one that took their place, since it is made under the same lock: it takes no frame
    /// twice. Whoever looks without it may see both, and hears once more of the others that there is nothing.
    private void retire(List<Segment> row) {
        adopting.lock();
        try {
            for (Segment old : row) retire(old.number);
        } finally {
            adopting.unlock();
        }
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
