package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import io.orlop.disk.DiskFullException;
import io.orlop.disk.bytes.ByteSink;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Copies what is alive of a closed segment to its next generation, in the same order. Leases, users
/// and compactions are left behind: the segment after it begins with a checkpoint of them.
///
/// A tombstone has one more duty than the index knows. An older segment may still hold puts of that key, dead but not
/// yet swept away; without the tombstone the next start would take the key for alive. So it stays until no older
/// segment holds anything dead.
final class SegmentRewrite {
    private static final int FLUSH_BYTES = 1 << 20;

    private final Segment from;
    private final Segment to;
    private final Needed needed;
    private final ByteSink sink = new ByteSink(FLUSH_BYTES);
    private final List<Rewritten.Move> moves = new ArrayList<>();
    private final boolean olderAreClean;
    private final Runnable stepDone;
    private final Room room;
    private long flushed;
    private boolean sealed;
    private int pinned;

    interface Room {
        /// @throws DiskFullException if there is less than that for us
        void require(long bytes) throws DiskFullException;
    }

    /// @param stepDone is called after each step, which is small
    SegmentRewrite(Segment from, Segment to, Needed needed, boolean olderAreClean, Runnable stepDone, Room room) {
        this.from = from;
        this.to = to;
        this.needed = needed;
        this.olderAreClean = olderAreClean;
        this.stepDone = stepDone;
        this.room = room;
    }

    List<Rewritten.Move> run() throws IOException {
        DiskFile source = from.file;
        to.file.write(0, ByteBuffer.wrap(SegmentHead.encode(to.name)));
        flushed = SegmentHead.BYTES;
        FrameScanner scanner = new FrameScanner(source);
        long offset = SegmentHead.BYTES;
        Frame frame;
        while (!sealed && (frame = scanner.frameAt(offset)) != null) {
            copy(frame);
            offset = frame.end();
            if (sink.size() >= FLUSH_BYTES) flush();
        }
        if (!sealed) {
            throw new IOException(
                    "segment " + from.name.file() + " cannot be read at offset " + offset + "; it is left as it is");
        }
        flush();
        to.framesEnd = flushed;
        Contents contents = Contents.read(to, stepDone);
        if (contents.changes.count() > 0) room.require(contents.changes.bytesInFooter());
        to.footer = FooterWriting.write(to.file, to.name, contents);
        to.records = contents.changes.count();
        return moves;
    }

    /// How many tombstones were left that only older segments need.
    int pinned() {
        return pinned;
    }

    private void copy(Frame frame) {
        int start = sink.skip(Frame.HEAD_BYTES);
        int at = frame.at();
        int end = frame.at() + frame.length();
        while (at < end) {
            int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
            LogRecord record = RecordCodec.decode(frame.bytes(), at, length, false);
            if (stays(record, Location.of(from.number, frame.offsetOf(at)))) sink.putBytes(frame.bytes(), at, length);
            at += length;
        }
        if (sink.size() == start + Frame.HEAD_BYTES) sink.truncate(start);
        else Frame.close(sink, start, frame.sequence(), frame.safe(), frame.revision());
    }

    private boolean stays(LogRecord record, long location) {
        return switch (record) {
            case LogRecord.Put(KeyValue kv, int sub) -> stays(kv.key(), kv.modRevision(), sub, false, location);
            case LogRecord.Tombstone(Octets key, long main, int sub) -> {
                if (stays(key, main, sub, true, location)) yield true;
                if (olderAreClean) yield false;
                pinned++;
                follow(key, main, sub, location);
                yield true;
            }
            case LogRecord.Sealed _ -> {
                sealed = true;
                yield true;
            }
            default -> false;
        };
    }

    private boolean stays(Octets key, long main, int sub, boolean tombstone, long location) {
        if (!needed.isNeeded(key, main, sub, tombstone)) return false;
        follow(key, main, sub, location);
        return true;
    }

    private void follow(Octets key, long main, int sub, long location) {
        if (!needed.isPointedTo(key, main, sub, location)) return;
        long next = Location.of(to.number, flushed + sink.size());
        moves.add(new Rewritten.Move(key, main, sub, location, next));
    }

    /// To the disk at once: all of the segment together would be in the way of the log's next group for long.
    private void flush() throws IOException {
        // Of what is dead altogether next to nothing is written, and it gives back the most.
        if (!moves.isEmpty()) room.require(sink.size());
        to.file.write(flushed, ByteBuffer.wrap(sink.array(), 0, sink.size()));
        to.file.force();
        flushed += sink.size();
        sink.clear();
        stepDone.run();
    }
}
