package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a closed segment says, found by reading all of its frames.
final class Contents {
    private static final int STEP_BYTES = 1 << 20;

    final PackedChanges changes = new PackedChanges();

    /// What is said of leases and compactions, as it was said.
    final List<LogRecord> others = new ArrayList<>();

    long lastSequence;
    long revision;

    /// Where the last frame ends.
    long end;

    /// Reads a closed segment that is known to be whole.
    ///
    /// @param stepDone is called after each step, which is small
    static Contents read(Segment segment, Runnable stepDone) throws IOException {
        return read(segment, segment.framesEnd, stepDone);
    }

    /// @param stop where its frames end that are known to be whole
    static Contents read(Segment segment, long stop, Runnable stepDone) throws IOException {
        Contents contents = new Contents();
        DiskFile file = segment.file;
        FrameScanner scanner = new FrameScanner(file, stop);
        for (long offset = SegmentHead.BYTES; offset < stop; ) {
            Frame frame = scanner.frameAt(offset);
            if (frame == null) {
                throw new IOException("segment " + segment.name.file() + " cannot be read at offset " + offset);
            }
            contents.add(frame);
            if (offset / STEP_BYTES != frame.end() / STEP_BYTES) stepDone.run();
            offset = frame.end();
        }
        contents.changes.sort();
        return contents;
    }

    /// @return whether the frame closes the segment
    boolean add(Frame frame) {
        boolean sealed = false;
        int at = frame.at();
        int stop = frame.at() + frame.length();
        while (at < stop) {
            int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
            if (RecordCodec.isChange(frame.bytes(), at)) changes.add(frame.bytes(), at, length, frame.offsetOf(at));
            else if (RecordCodec.isSealed(frame.bytes(), at)) sealed = true;
            else others.add(RecordCodec.decode(frame.bytes(), at, length, false));
            at += length;
        }
        lastSequence = frame.sequence();
        revision = frame.revision();
        end = frame.end();
        return sealed;
    }
}
