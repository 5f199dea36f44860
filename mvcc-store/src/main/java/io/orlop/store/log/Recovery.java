package io.orlop.store.log;

import io.orlop.store.disk.Disk;
import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Opens the segments of a log and reads them through once. Mends what a crash may leave: unfinished files, replaced
/// generations, a torn tail. Refuses everything else.
final class Recovery {
    private final Disk disk;
    private final Replay replay;
    private final List<Segment> segments = new ArrayList<>();
    private long lastSequence;
    private boolean lastIsSealed = true;
    private long tailOffset;

    Recovery(Disk disk, Replay replay) {
        this.disk = disk;
        this.replay = replay;
    }

    void run() throws IOException {
        List<SegmentName> names = tidy();
        try {
            for (int i = 0; i < names.size(); i++) open(names.get(i), i == names.size() - 1);
        } catch (IOException | RuntimeException e) {
            for (Segment segment : segments) segment.file.close();
            throw e;
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
        for (String file : disk.names()) {
            SegmentName name = SegmentName.parse(file);
            if (name != null) {
                SegmentName older = newest.put(name.firstSequence(), name);
                if (older != null) stale.add(older.file());
            } else if (file.endsWith(SegmentName.UNFINISHED)) {
                stale.add(file);
            }
        }
        for (String file : stale) disk.delete(file);
        if (!stale.isEmpty()) disk.forceNames();
        return List.copyOf(newest.values());
    }

    private void open(SegmentName name, boolean last) throws IOException {
        if (name.firstSequence() != lastSequence + 1) {
            throw new DamagedLogException(
                    disk.place(),
                    name.file(),
                    0,
                    "it starts with frame " + name.firstSequence() + " but frame " + (lastSequence + 1)
                            + " was expected: a segment is missing before it");
        }
        if (!lastIsSealed) {
            throw damaged(segments.getLast(), tailOffset, "it is not the last segment and is not closed");
        }
        DiskFile file = disk.open(name.file());
        if (!hasHead(file, name) && last && TornTail.proofOfDamage(file, -8, lastSequence) < 0) {
            // The crash came while this segment was being made; nothing in it was acknowledged.
            file.close();
            disk.delete(name.file());
            disk.forceNames();
            return;
        }
        Segment segment = new Segment(segments.size(), name, file);
        segments.add(segment);
        if (!hasHead(file, name)) throw damaged(segment, 0, "its head is not a segment's head");
        scan(segment, last);
    }

    private static boolean hasHead(DiskFile file, SegmentName name) throws IOException {
        byte[] head = new byte[SegmentHead.BYTES];
        return file.read(ByteBuffer.wrap(head), 0) == head.length && SegmentHead.fits(head, name);
    }

    private void scan(Segment segment, boolean last) throws IOException {
        FrameScanner scanner = new FrameScanner(segment.file);
        long offset = SegmentHead.BYTES;
        lastIsSealed = false;
        Frame frame;
        while (!lastIsSealed && (frame = scanner.frameAt(offset)) != null && follows(frame, segment)) {
            replay(segment, frame);
            lastSequence = frame.sequence();
            offset = frame.end();
        }
        tailOffset = offset;
        if (offset < segment.file.size()) cutTail(segment, last);
        // What a killed process wrote but did not sync is readable now and must stay so.
        if (last) segment.file.force();
    }

    /// A rewritten segment has gaps where a frame had nothing left to say.
    private boolean follows(Frame frame, Segment segment) {
        return segment.name.generation() == 0 ? frame.sequence() == lastSequence + 1 : frame.sequence() > lastSequence;
    }

    private void cutTail(Segment segment, boolean last) throws IOException {
        long missing = lastSequence + 1;
        long proof = TornTail.proofOfDamage(segment.file, tailOffset, missing);
        if (proof >= 0) {
            throw damaged(
                    segment,
                    tailOffset,
                    "frame " + missing + " was acknowledged and is not readable (the frame at offset " + proof
                            + " is newer and knew it to be safe); it and what follows would be lost");
        }
        if (!last || lastIsSealed) throw damaged(segment, tailOffset, "there are bytes after its last frame");
        segment.file.truncate(tailOffset);
    }

    private void replay(Segment segment, Frame frame) {
        int at = frame.at();
        int end = frame.at() + frame.length();
        while (at < end) {
            int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
            LogRecord record = RecordCodec.decode(frame.bytes(), at, length, false);
            if (record instanceof LogRecord.Sealed) lastIsSealed = true;
            segment.recorded(record);
            replay.record(record, Location.of(segment.number, frame.offset() + Frame.HEAD_BYTES + at - frame.at()));
            at += length;
        }
        replay.frame(frame.revision());
    }

    private DamagedLogException damaged(@Nullable Segment segment, long offset, String what) {
        String file = segment == null ? "(none)" : segment.name.file();
        return new DamagedLogException(disk.place(), file, offset, what);
    }
}
