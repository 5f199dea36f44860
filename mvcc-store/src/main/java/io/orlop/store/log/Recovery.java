package io.orlop.store.log;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import io.orlop.disk.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Opens the segments of a log: reads what closed ones say from their footers, side by side, and what the last one says
/// from its frames. Mends what a crash may leave: unfinished files, replaced generations, missing footers, a torn tail.
/// Refuses everything else.
///
/// What reads back is not therefore on the disk: it may be what is left in memory of a force that failed (see
/// [Renewal]). Two things prove that it is: a frame that was written later, since the process that wrote it would have
/// ended its life before; and the mark that a log ends with when it is closed. What has neither is written anew, which
/// is the last segment after a crash, and one of which the generation before is still there.
final class Recovery {
    private final Directory disk;
    private final Replay replay;
    private final Executor readers;
    private final boolean checksFrames;
    private final List<SortedChanges> closed = new ArrayList<>();

    /// What those of them take that were read from frames.
    private long closedBytes;

    private final List<Segment> segments = new ArrayList<>();

    /// The last frame that was looked at.
    private long frameOffset;

    private boolean frameIsMark;
    private boolean lastIsMarked;
    private long lastSequence;
    private long revision;
    private boolean lastIsSealed = true;
    private long tailOffset;

    /// @param readers what footers are read on
    /// @param checksFrames whether to read the frames behind a footer as well, only to see that they are whole
    Recovery(Directory disk, Replay replay, Executor readers, boolean checksFrames) {
        this.disk = disk;
        this.replay = replay;
        this.readers = readers;
        this.checksFrames = checksFrames;
    }

    void run() throws IOException {
        Leftovers leftovers = tidy();
        List<SegmentName> names = leftovers.newest();
        List<LogFile> files = new ArrayList<>();
        try {
            for (SegmentName name : names) files.add(new LogFile(disk.open(name.file()), disk.place(), name));
            List<@Nullable Footer> footers = footers(names, files);
            boolean lastIsFooted = !names.isEmpty() && footers.getLast() != null;
            int closedCount = lastIsFooted ? names.size() : Math.max(0, names.size() - 1);
            for (int i = 0; i < closedCount; i++) {
                openClosed(names.get(i), files.get(i), footers.get(i), leftovers);
            }
            merge();
            if (closedCount < names.size()) openLast(names.getLast(), files.getLast());
            boolean proven = true;
            for (Segment segment : segments) proven &= prove(segment, leftovers);
            // What covers them may have to be written anew first.
            if (proven) leftovers.removeCovered(disk);
        } catch (IOException | RuntimeException e) {
            for (DiskFile file : files) file.close();
            throw e;
        }
    }

    private List<@Nullable Footer> footers(List<SegmentName> names, List<LogFile> files) {
        List<CompletableFuture<@Nullable Footer>> reading = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            DiskFile file = files.get(i);
            SegmentName name = names.get(i);
            reading.add(CompletableFuture.supplyAsync(() -> footer(file, name), readers));
        }
        List<@Nullable Footer> footers = new ArrayList<>();
        for (CompletableFuture<@Nullable Footer> footer : reading) footers.add(footer.join());
        return footers;
    }

    /// Null if the frames must be read, also because they are damaged or unreadable: then it will be said how.
    private @Nullable Footer footer(DiskFile file, SegmentName name) {
        try {
            Footer footer = Footer.of(file, name);
            return footer == null || checksFrames && !footer.followsWholeFrames() ? null : footer;
        } catch (IOException unreadable) {
            return null;
        }
    }

    List<Segment> segments() {
        return segments;
    }

    long lastSequence() {
        return lastSequence;
    }

    /// The store's after the last frame.
    long revision() {
        return revision;
    }

    /// Whether the last segment takes no more frames and a new one is due.
    boolean lastIsSealed() {
        return lastIsSealed;
    }

    long tailOffset() {
        return tailOffset;
    }

    /// Whether the log was closed, and nothing was written after that.
    boolean lastIsMarked() {
        return lastIsMarked;
    }

    private Leftovers tidy() throws IOException {
        List<String> names = disk.names();
        StoreFiles.requireLogOrNothing(disk.place(), names);
        for (String file : names) {
            if (StoreFiles.isUnfinished(file)) disk.delete(file);
        }
        return new Leftovers(names);
    }

    /// Sees to it that what was read of a segment is on the disk.
    ///
    /// @return false if there is no room for that
    private boolean prove(Segment segment, Leftovers leftovers) throws IOException {
        SegmentName name = segment.name;
        boolean isLast = segment == segments.getLast() && segment.footer == null;
        if (leftovers.olderThan(name).isEmpty() && (!isLast || lastIsMarked)) return true;
        long end = segment.sealed ? segment.framesEnd : tailOffset;
        try {
            SegmentName next = name.rewritten();
            // What is settled is nowhere else: there is no moment without a footer.
            Contents contents = segment.footer == null ? null : Contents.read(segment, () -> {});
            DiskFile renewed = Renewal.elsewhere(disk, segment.file, end, ByteBuffer.allocate(0), next, contents);
            segment.renewed(next, renewed);
            if (contents != null) segment.footer = Footer.required(segment.file, next);
        } catch (DiskFullException full) {
            if (isLast) Renewal.inPlace(segment.file, end, name);
            return false;
        }
        disk.delete(name.file());
        leftovers.removeOlderThan(name, disk);
        disk.forceNames();
        return true;
    }

    private void openClosed(SegmentName name, LogFile file, @Nullable Footer footer, Leftovers leftovers)
            throws IOException {
        if (footer != null && isCovered(name, footer)) {
            file.close();
            leftovers.isCovered(name);
            return;
        }
        checkFollows(name);
        Segment segment = adopt(name, file);
        if (footer == null) {
            scanClosed(segment);
        } else {
            segment.records = footer.changes();
            segment.framesEnd = footer.start();
            segment.footer = footer;
            segment.settled = segments.stream().allMatch(older -> older == segment || older.settled);
            for (LogRecord other : footer.others()) replay.record(other, -1);
            replay.frame(footer.revision());
            revision = footer.revision();
            lastSequence = footer.lastSequence();
            closed.add(footer.sorted(segment.number));
        }
        segment.sealed = true;
        lastIsSealed = true;
    }

    private void openLast(SegmentName name, LogFile file) throws IOException {
        checkFollows(name);
        if (!hasHead(file, name) && TornTail.proofOfDamage(file, -8, lastSequence) < 0) {
            // The crash came while this segment was being made; nothing in it was acknowledged.
            file.close();
            disk.delete(name.file());
            disk.forceNames();
            return;
        }
        Segment segment = adopt(name, file);
        scan(segment, frame -> replay(segment, frame));
        segment.framesEnd = tailOffset;
        segment.sealed = lastIsSealed;
        if (tailOffset < file.size() && !lastIsSealed) {
            checkNothingLost(segment);
            file.truncate(tailOffset);
        } else if (frameIsMark) {
            lastIsMarked = true;
            writeMarkAgain(file);
        }
    }

    /// All before it is safe, and it says nothing. But what comes after it must not be there without it.
    private void writeMarkAgain(DiskFile file) throws IOException {
        ByteBuffer mark = ByteBuffer.allocate(Frame.HEAD_BYTES);
        file.read(frameOffset, mark);
        file.write(frameOffset, mark.flip());
        file.force();
    }

    /// Whether the segment before it says of this one, too, that nothing is left of it: a crash came after they were
    /// joined and before all their files were removed. Where something is left, the two contradict each other.
    private boolean isCovered(SegmentName name, Footer footer) {
        return name.firstSequence() <= lastSequence
                && footer.lastSequence() <= lastSequence
                && EmptyRow.saysNothing(footer);
    }

    private void checkFollows(SegmentName name) throws IOException {
        if (name.firstSequence() == lastSequence + 1) return;
        throw new DamagedLogException(
                disk.place(),
                name.file(),
                0,
                "it starts with frame " + name.firstSequence() + " but frame " + (lastSequence + 1)
                        + " was expected: a segment is missing before it");
    }

    private Segment adopt(SegmentName name, LogFile file) throws IOException {
        Segment segment = new Segment(segments.size(), name, file, revision);
        segments.add(segment);
        if (!hasHead(file, name)) throw damaged(segment, 0, "its head is not a segment's head");
        return segment;
    }

    /// What follows the frame that closes a segment is what is left of a footer.
    private void scanClosed(Segment segment) throws IOException {
        Contents contents = new Contents();
        scan(segment, frame -> {
            replay.holds(closedBytes + contents.changes.bytes());
            return contents.add(frame);
        });
        closedBytes += contents.changes.bytes();
        if (!lastIsSealed) {
            checkNothingLost(segment);
            throw damaged(segment, tailOffset, "it is not the last segment and is not closed");
        }
        contents.changes.sort();
        segment.records = contents.changes.count();
        segment.framesEnd = contents.end;
        for (LogRecord other : contents.others) replay.record(other, -1);
        replay.frame(contents.revision);
        closed.add(contents.changes.sorted(segment.number));
    }

    private void merge() throws IOException {
        SortedMerge merge = new SortedMerge(closed);
        long total = 0;
        for (Segment segment : segments) total += segment.records;
        Progress progress = new Progress(total);
        Located located;
        while ((located = merge.next()) != null) {
            boolean settled = segments.get(Location.segment(located.location())).settled;
            replay.sorted(located.change(), located.location(), settled);
            progress.step();
        }
    }

    private static boolean hasHead(DiskFile file, SegmentName name) throws IOException {
        byte[] head = new byte[SegmentHead.BYTES];
        return file.read(0, ByteBuffer.wrap(head)) == head.length && SegmentHead.fits(head, name);
    }

    private interface Each {
        /// @return whether the frame closes the segment
        boolean closes(Frame frame) throws IOException;
    }

    private void scan(Segment segment, Each each) throws IOException {
        FrameScanner scanner = new FrameScanner(segment.file);
        long offset = SegmentHead.BYTES;
        lastIsSealed = false;
        frameIsMark = false;
        Frame frame;
        while (!lastIsSealed && (frame = scanner.frameAt(offset)) != null && follows(frame, segment)) {
            lastIsSealed = each.closes(frame);
            lastSequence = frame.sequence();
            revision = frame.revision();
            frameOffset = offset;
            frameIsMark = frame.length() == 0 && frame.safe() == frame.sequence() - 1;
            offset = frame.end();
        }
        tailOffset = offset;
    }

    /// A rewritten segment has gaps where a frame had nothing left to say.
    private boolean follows(Frame frame, Segment segment) {
        return segment.name.generation() == 0 ? frame.sequence() == lastSequence + 1 : frame.sequence() > lastSequence;
    }

    private void checkNothingLost(Segment segment) throws IOException {
        long missing = lastSequence + 1;
        long proof = TornTail.proofOfDamage(segment.file, tailOffset, missing);
        if (proof < 0) return;
        throw damaged(
                segment,
                tailOffset,
                "frame " + missing + " was acknowledged and is not readable (the frame at offset " + proof
                        + " is newer and knew it to be safe); it and what follows would be lost");
    }

    /// @return whether the frame closes the segment
    private boolean replay(Segment segment, Frame frame) {
        boolean closes = false;
        int at = frame.at();
        int end = frame.at() + frame.length();
        while (at < end) {
            int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
            LogRecord record = RecordCodec.decode(frame.bytes(), at, length, false);
            if (record instanceof LogRecord.Sealed) closes = true;
            if (record.key() != null) segment.records++;
            replay.record(record, Location.of(segment.number, frame.offsetOf(at)));
            at += length;
        }
        replay.frame(frame.revision());
        return closes;
    }

    private DamagedLogException damaged(@Nullable Segment segment, long offset, String what) {
        String file = segment == null ? "(none)" : segment.name.file();
        return new DamagedLogException(disk.place(), file, offset, what);
    }
}
