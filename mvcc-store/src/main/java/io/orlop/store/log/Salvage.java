package io.orlop.store.log;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads a log that may be damaged: every frame that is whole, in order, and a note of everything that is not. What the
/// disk cannot read is passed over by the sector. Nothing is changed on the disk.
///
/// A frame is a transaction, so of a damaged one nothing is kept: half a transaction would be worse than none. The
/// keys that can still be read in it are named.
/// ```
///   …  41 ok   42 ???   43 ok, safe = 42  …     42 was acknowledged: it is lost and named, 43 is kept
///   …  41 ok   42 ???   43 ok, safe = 40        a torn tail: nobody was told of 42 or 43, as with any power cut
/// ```
public final class Salvage {
    private static final int KEYS_NAMED_MAX = 10;

    /// @param segment the file
    /// @param offset where the damage begins
    /// @param bytes how much of the file cannot be used
    /// @param what what was there, as far as one can tell
    public record Loss(String segment, long offset, long bytes, String what) {
        @Override
        public String toString() {
            return "segment " + segment + ", offset " + offset + ", " + bytes + " bytes: " + what;
        }
    }

    private final Directory disk;
    private final Replay kept;
    private final List<Loss> losses = new ArrayList<>();
    private long sequence;
    private long revision = 1;

    private Salvage(Directory disk, Replay kept) {
        this.disk = disk;
        this.kept = kept;
    }

    /// @param kept hears everything that is whole, with values
    public static List<Loss> read(Directory disk, Replay kept) throws IOException {
        Salvage salvage = new Salvage(disk, kept);
        List<SegmentName> names = salvage.newest();
        for (int i = 0; i < names.size(); i++) salvage.read(names.get(i), i == names.size() - 1);
        return salvage.losses;
    }

    private List<SegmentName> newest() throws IOException {
        TreeMap<Long, SegmentName> newest = new TreeMap<>();
        for (String file : disk.names()) {
            SegmentName name = SegmentName.parse(file);
            if (name != null) newest.put(name.firstSequence(), name);
        }
        return List.copyOf(newest.values());
    }

    private void read(SegmentName name, boolean last) throws IOException {
        // The one before it says that nothing is left of it.
        if (name.firstSequence() <= sequence) return;
        if (name.firstSequence() > sequence + 1) {
            lose(
                    name,
                    0,
                    0,
                    "frames " + (sequence + 1) + " to " + (name.firstSequence() - 1)
                            + " are missing before it: a segment, or the end of one, is gone");
        }
        try (PatchedFile file = new PatchedFile(disk.open(name.file()))) {
            byte[] head = new byte[SegmentHead.BYTES];
            boolean whole = file.read(0, ByteBuffer.wrap(head)) == head.length && SegmentHead.fits(head, name);
            if (!whole && (!last || TornTail.proofOfDamage(file, -8, sequence) >= 0)) {
                String what = "its head is not a segment's head" + unreadable(file, 0, SegmentHead.BYTES);
                lose(name, 0, SegmentHead.BYTES, what);
            }
            frames(name, file, last);
        }
    }

    private void frames(SegmentName name, PatchedFile file, boolean last) throws IOException {
        FrameScanner scanner = new FrameScanner(file);
        long offset = SegmentHead.BYTES;
        boolean sealed = false;
        while (offset < file.size() && !sealed) {
            Frame frame = scanner.frameAt(offset);
            if (frame != null && continues(frame)) {
                sealed = keep(frame);
                offset = frame.end();
                continue;
            }
            // The search for a proof reads all that is left, so that it is known then what cannot be read.
            boolean isProven = TornTail.proofOfDamage(file, offset, sequence + 1) >= 0;
            if (last && !isProven && file.unreadable(offset, file.size()) == 0) return;
            Set<String> keys = keysNear(file, offset);
            long next = nextFrame(scanner, offset, file.size());
            String what = describe(next < file.size() ? scanner.frameAt(next) : null, keys);
            lose(name, offset, next - offset, what + unreadable(file, offset, next));
            offset = next;
        }
    }

    private static String unreadable(PatchedFile file, long from, long to) {
        int sectors = file.unreadable(from, to);
        return sectors == 0 ? "" : "; the disk cannot read " + sectors + " of the sectors there";
    }

    private boolean continues(Frame frame) {
        return frame.sequence() > sequence && frame.revision() >= revision;
    }

    private boolean keep(Frame frame) {
        sequence = frame.sequence();
        revision = frame.revision();
        boolean sealed = false;
        int at = frame.at();
        while (at < frame.at() + frame.length()) {
            int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
            kept.record(RecordCodec.decode(frame.bytes(), at, length, true), 0);
            sealed |= RecordCodec.isSealed(frame.bytes(), at);
            at += length;
        }
        kept.frame(revision);
        return sealed;
    }

    /// Frames begin at multiples of 8.
    private long nextFrame(FrameScanner scanner, long offset, long size) throws IOException {
        for (long at = offset + 8; at + Frame.HEAD_BYTES <= size; at += 8) {
            long claimed = scanner.sequenceAt(at);
            if (claimed <= sequence || claimed - sequence > Integer.MAX_VALUE) continue;
            Frame frame = scanner.frameAt(at);
            if (frame != null && continues(frame)) return at;
        }
        return size;
    }

    private String describe(@Nullable Frame next, Set<String> keys) {
        StringBuilder what = new StringBuilder();
        if (next == null) {
            what.append("frame ").append(sequence + 1).append(" and what followed it in this file, after revision ");
            what.append(revision);
        } else if (next.sequence() == sequence + 1) {
            what.append("no frame is missing there");
        } else {
            what.append("frames ").append(sequence + 1).append(" to ").append(next.sequence() - 1);
            what.append(", changes after revision ").append(revision);
            what.append(" and up to ").append(next.revision());
        }
        if (!keys.isEmpty()) what.append("; among them of ").append(String.join(", ", keys));
        return what.toString();
    }

    /// The keys of the records that can be read behind the damaged frame's head.
    private static Set<String> keysNear(DiskFile file, long offset) throws IOException {
        Set<String> keys = new TreeSet<>();
        byte[] bytes = new byte[Math.clamp(file.size() - offset, 0, 1 << 20)];
        int read = file.read(offset, ByteBuffer.wrap(bytes));
        int at = Frame.HEAD_BYTES;
        while (at + RecordCodec.HEAD_BYTES < read && keys.size() < KEYS_NAMED_MAX) {
            long length = RecordCodec.lengthAt(bytes, at);
            if (length > read - at || !RecordCodec.intactAt(bytes, at, (int) length)) break;
            if (RecordCodec.isChange(bytes, at)) keys.add(key(RecordCodec.decode(bytes, at, (int) length, false)));
            at += (int) length;
        }
        return keys;
    }

    private static String key(LogRecord change) {
        return change instanceof LogRecord.Put put
                ? put.kv().key().text()
                : ((LogRecord.Tombstone) change).key().text();
    }

    private void lose(SegmentName name, long offset, long bytes, String what) {
        losses.add(new Loss(name.file(), offset, bytes, what));
    }
}
