package io.orlop.store.log;

import io.orlop.store.api.Octets;
import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What a closed segment says, found by reading all of its frames.
final class Contents {
    final int segment;
    final List<Located> changes = new ArrayList<>();

    /// What is said of leases and compactions, as it was said.
    final List<LogRecord> others = new ArrayList<>();

    long lastSequence;
    long revision;

    /// Where the last frame ends.
    long end;

    Contents(int segment) {
        this.segment = segment;
    }

    /// Reads a segment that is known to be whole.
    static Contents read(Segment segment) throws IOException {
        Contents contents = new Contents(segment.number);
        DiskFile file = segment.file;
        FrameScanner scanner = new FrameScanner(file);
        long offset = SegmentHead.BYTES;
        boolean sealed = false;
        Frame frame;
        while (!sealed && (frame = scanner.frameAt(offset)) != null) {
            sealed = contents.add(frame);
            offset = frame.end();
        }
        if (!sealed) throw new IOException("segment " + segment.name.file() + " cannot be read at offset " + offset);
        contents.sort();
        return contents;
    }

    /// @return whether the frame closes the segment
    boolean add(Frame frame) {
        boolean sealed = false;
        int at = frame.at();
        int stop = frame.at() + frame.length();
        while (at < stop) {
            int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
            LogRecord record = RecordCodec.decode(frame.bytes(), at, length, false);
            Octets key = record.key();
            if (key != null) changes.add(new Located(key, record, Location.of(segment, frame.offsetOf(at))));
            else if (record instanceof LogRecord.Sealed) sealed = true;
            else others.add(record);
            at += length;
        }
        lastSequence = frame.sequence();
        revision = frame.revision();
        end = frame.end();
        return sealed;
    }

    void sort() {
        changes.sort(Comparator.comparing(Located::key));
    }
}
