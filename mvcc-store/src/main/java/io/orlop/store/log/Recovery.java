package io.orlop.store.log;

import io.orlop.store.disk.Disk;
import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Opens the segments of a log: reads what closed ones say from their footers, side by side, and what the last one says
/// from its frames. Mends what a crash may leave: unfinished files, replaced generations, missing footers, a torn tail.
/// Refuses everything else.
final class Recovery {
    private final Disk disk;
    private final Replay replay;
    private final Executor readers;
    private final boolean checksFrames;
    private final List<SortedChanges> closed = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();
    private long lastSequence;
    private boolean lastIsSealed = true;
    private long tailOffset;

    /// @param readers what footers are read on
    /// @param checksFrames whether to read the frames behind a footer as well, only to see that they are whole
    Recovery(Disk disk, Replay replay, Executor readers, boolean checksFrames) {
        this.disk = disk;
        this.replay = replay;
        this.readers = readers;
        this.checksFrames = checksFrames;
    }

    void run() throws IOException {
        List<SegmentName> names = tidy();
        List<DiskFile> files = new ArrayList<>();
        try {
            for (SegmentName name : names) files.add(new LogFile(disk.open(name.file()), disk.place(), name));
            List<@Nullable Footer> footers = footers(names, files);
            boolean lastIsFooted = !names.isEmpty() && footers.getLast() != null;
            int closedCount = lastIsFooted ? names.size() : Math.max(0, names.size() - 1);
            for (int i = 0; i < closedCount; i++) openClosed(names.get(i), files.get(i), footers.get(i));
            merge();
            if (closedCount < names.size()) openLast(names.getLast(), files.getLast());
        } catch (IOException | RuntimeException e) {
            for (DiskFile file : files) file.close();
            throw e;
        }
    }

    private List<@Nullable Footer> footers(List<SegmentName> names, List<DiskFile> files) {
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

    /// Whether the last segment takes no more frames and a new one is due.
    boolean lastIsSealed() {
        return lastIsSealed;
    }

    long tailOffset() {
        return tailOffset;
    }

    private List<SegmentName> tidy() throws IOException {
        TreeMap<Long, SegmentName> newest = new TreeMap<>();
        List<String> stale = new ArrayList<>();
        List<String> names = disk.names();
        StoreFiles.requireLogOrNothing(disk.place(), names);
        for (String file : names) {
            SegmentName name = SegmentName.parse(file);
            if (name != null) {
                SegmentName older = newest.put(name.firstSequence(), name);
                if (older != null) stale.add(older.file());
            } else if (StoreFiles.isUnfinished(file)) {
                stale.add(file);
            }
        }
        for (String file : stale) disk.delete(file);
        if (!stale.isEmpty()) disk.forceNames();
        return List.copyOf(newest.values());
    }

    private void openClosed(SegmentName name, DiskFile file, @Nullable Footer footer) throws IOException {
        checkFollows(name);
        Segment segment = adopt(name, file);
        if (footer == null) {
            scanClosed(segment);
        } else {
            segment.records = footer.changes();
            segment.framesEnd = footer.start();
            segment.footed = true;
            for (LogRecord other : footer.others()) replay.record(other, -1);
            replay.frame(footer.revision());
            lastSequence = footer.lastSequence();
            closed.add(footer.sorted(segment.number));
        }
        segment.alive = segment.records;
        segment.sealed = true;
        lastIsSealed = true;
    }

    private void openLast(SegmentName name, DiskFile file) throws IOException {
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
        if (tailOffset < file.size() && !lastIsSealed) cutTail(segment);
        // What a killed process wrote but did not sync is readable now and must stay so.
        file.force();
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

    private Segment adopt(SegmentName name, DiskFile file) throws IOException {
        Segment segment = new Segment(segments.size(), name, file);
        segments.add(segment);
        if (!hasHead(file, name)) throw damaged(segment, 0, "its head is not a segment's head");
        return segment;
    }

    /// What follows the frame that closes a segment is what is left of a footer.
    private void scanClosed(Segment segment) throws IOException {
        Contents contents = new Contents();
        scan(segment, contents::add);
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
            replay.sorted(located.change(), located.location());
            progress.step();
        }
    }

    private static boolean hasHead(DiskFile file, SegmentName name) throws IOException {
        byte[] head = new byte[SegmentHead.BYTES];
        return file.read(ByteBuffer.wrap(head), 0) == head.length && SegmentHead.fits(head, name);
    }

    /// @return of `each`: whether the frame closes the segment
    private void scan(Segment segment, Predicate<Frame> each) throws IOException {
        FrameScanner scanner = new FrameScanner(segment.file);
        long offset = SegmentHead.BYTES;
        lastIsSealed = false;
        Frame frame;
        while (!lastIsSealed && (frame = scanner.frameAt(offset)) != null && follows(frame, segment)) {
            lastIsSealed = each.test(frame);
            lastSequence = frame.sequence();
            offset = frame.end();
        }
        tailOffset = offset;
    }

    /// A rewritten segment has gaps where a frame had nothing left to say.
    private boolean follows(Frame frame, Segment segment) {
        return segment.name.generation() == 0 ? frame.sequence() == lastSequence + 1 : frame.sequence() > lastSequence;
    }

    private void cutTail(Segment segment) throws IOException {
        checkNothingLost(segment);
        segment.file.truncate(tailOffset);
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
            segment.recorded(record);
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
