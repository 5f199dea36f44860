package io.orlop.store.log;

import io.orlop.store.api.Octets;
import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

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
    private final Liveness liveness;
    private final ByteSink sink = new ByteSink(FLUSH_BYTES);
    private final List<Rewritten.Move> moves = new ArrayList<>();
    private final BooleanSupplier olderAreClean;
    private final Runnable stepDone;
    private long flushed;
    private boolean sealed;

    /// Whether the index still points to a record.
    interface Liveness {
        boolean isAlive(Octets key, long location);
    }

    /// @param stepDone is called after each step, which is small
    SegmentRewrite(Segment from, Segment to, Liveness liveness, BooleanSupplier olderAreClean, Runnable stepDone) {
        this.from = from;
        this.to = to;
        this.liveness = liveness;
        this.olderAreClean = olderAreClean;
        this.stepDone = stepDone;
    }

    List<Rewritten.Move> run() throws IOException {
        DiskFile source = from.file;
        to.file.write(ByteBuffer.wrap(SegmentHead.encode(to.name)), 0);
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
        FooterWriting.write(to, Contents.read(to, stepDone));
        return moves;
    }

    private void copy(Frame frame) {
        int start = sink.skip(Frame.HEAD_BYTES);
        int at = frame.at();
        int end = frame.at() + frame.length();
        while (at < end) {
            int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
            LogRecord record = RecordCodec.decode(frame.bytes(), at, length, false);
            long location = Location.of(from.number, frame.offsetOf(at));
            Octets key = record.key();
            if (key != null && liveness.isAlive(key, location)) {
                moves.add(new Rewritten.Move(key, location, Location.of(to.number, flushed + sink.size())));
                sink.putBytes(frame.bytes(), at, length);
            } else if (record instanceof LogRecord.Sealed) {
                sealed = true;
                sink.putBytes(frame.bytes(), at, length);
            } else if (record instanceof LogRecord.Tombstone && !olderAreClean.getAsBoolean()) {
                to.pinned++;
                sink.putBytes(frame.bytes(), at, length);
            }
            at += length;
        }
        if (sink.size() == start + Frame.HEAD_BYTES) sink.truncate(start);
        else Frame.close(sink, start, frame.sequence(), frame.safe(), frame.revision());
    }

    /// To the disk at once: all of the segment together would be in the way of the log's next group for long.
    private void flush() throws IOException {
        to.file.write(ByteBuffer.wrap(sink.array(), 0, sink.size()), flushed);
        to.file.force();
        flushed += sink.size();
        sink.clear();
        stepDone.run();
    }
}
