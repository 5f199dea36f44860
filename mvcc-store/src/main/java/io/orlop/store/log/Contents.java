package io.orlop.store.log;

import io.orlop.store.api.Octets;
import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// What a closed segment says, found by reading all of its frames.
final class Contents {
    private static final int STEP_BYTES = 1 << 20;

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
    ///
    /// @param stepDone is called after each step, which is small
    static Contents read(Segment segment, Runnable stepDone) throws IOException {
        Contents contents = new Contents(segment.number);
        DiskFile file = segment.file;
        FrameScanner scanner = new FrameScanner(file);
        long offset = SegmentHead.BYTES;
        boolean sealed = false;
        Frame frame;
        while (!sealed && (frame = scanner.frameAt(offset)) != null) {
            sealed = contents.add(frame);
            if (offset / STEP_BYTES != frame.end() / STEP_BYTES) stepDone.run();
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

    /// By key; the changes of a key stay as they happened.
    void sort() {
        if (changes.isEmpty()) return;
        byte[] first = changes.getFirst().key().array();
        int shared = first.length;
        for (Located change : changes)
            shared = Math.min(shared, sharedLength(first, change.key().array()));
        List<Ranked> ranked = new ArrayList<>(changes.size());
        for (Located change : changes) ranked.add(Ranked.of(change, shared));
        ranked.sort(Ranked.IN_ORDER);
        changes.clear();
        for (Ranked some : ranked) changes.add(some.change);
    }

    private static int sharedLength(byte[] one, byte[] other) {
        int different = Arrays.mismatch(one, other);
        return different < 0 ? one.length : different;
    }

    /// A change with the first eight bytes in which its key may differ from the others, as a number: nearly every
    /// comparison ends there, without a look at the key.
    private record Ranked(long head, Located change) {
        private static final Comparator<Ranked> IN_ORDER = (one, other) -> {
            int order = Long.compareUnsigned(one.head, other.head);
            return order != 0 ? order : one.change.key().compareTo(other.change.key());
        };

        static Ranked of(Located change, int from) {
            byte[] key = change.key().array();
            long head = 0;
            for (int i = from; i < from + Long.BYTES; i++) {
                head = head << Byte.SIZE | (i < key.length ? key[i] & 0xff : 0);
            }
            return new Ranked(head, change);
        }
    }
}
