package io.orlop.store.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// The log as it was at one moment: the segments there were, and of the last one what was safe. Files that are replaced
/// meanwhile stay until the last view is closed, so close it.
public final class LogView implements AutoCloseable {
    /// A segment's file and how many of its bytes belong to the view.
    public record Part(String file, long bytes) {}

    record Piece(Segment segment, long bytes) {}

    private final String place;
    private final List<Piece> pieces;
    private final Runnable whenClosed;
    private final AtomicBoolean closed = new AtomicBoolean();

    LogView(String place, List<Piece> pieces, Runnable whenClosed) {
        this.place = place;
        this.pieces = pieces;
        this.whenClosed = whenClosed;
    }

    /// Oldest first.
    public List<Part> parts() {
        return pieces.stream()
                .map(piece -> new Part(piece.segment.name.file(), piece.bytes))
                .toList();
    }

    /// Everything the view says, in order and with values; every frame and every record is checked on the way.
    ///
    /// @throws DamagedLogException if something cannot be read back as it was written
    public void replay(Replay replay) throws IOException {
        frames((segment, frame) -> {
            int at = frame.at();
            while (at < frame.at() + frame.length()) {
                int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
                LogRecord record = RecordCodec.decode(frame.bytes(), at, length, true);
                replay.record(record, Location.of(segment.number, frame.offset() + Frame.HEAD_BYTES + at - frame.at()));
                at += length;
            }
            replay.frame(frame.revision());
        });
    }

    /// Hears of each frame after its records were checked; the frame's bytes are good until it returns.
    interface Frames {
        void frame(Segment segment, Frame frame) throws IOException;
    }

    void frames(Frames visitor) throws IOException {
        long sequence = 0;
        long revision = 0;
        for (Piece piece : pieces) {
            FrameScanner scanner = new FrameScanner(piece.segment.file, piece.bytes);
            checkHead(piece.segment);
            long offset = SegmentHead.BYTES;
            boolean sealed = false;
            while (offset < piece.bytes && !sealed) {
                Frame frame = scanner.frameAt(offset);
                if (frame == null) throw damaged(piece.segment, offset, "the frame there fails its checksum");
                if (frame.sequence() <= sequence || frame.revision() < revision) {
                    throw damaged(
                            piece.segment,
                            offset,
                            "frame " + frame.sequence() + " of revision " + frame.revision() + " follows frame "
                                    + sequence + " of revision " + revision);
                }
                sequence = frame.sequence();
                revision = frame.revision();
                sealed = check(piece.segment, frame);
                visitor.frame(piece.segment, frame);
                offset = frame.end();
            }
        }
    }

    private void checkHead(Segment segment) throws IOException {
        byte[] head = new byte[SegmentHead.BYTES];
        SegmentName name;
        boolean fits;
        do {
            name = segment.name;
            fits = segment.file.read(0, ByteBuffer.wrap(head)) == head.length && SegmentHead.fits(head, name);
            // It may have got another file meanwhile.
        } while (!fits && name != segment.name);
        if (!fits) throw damaged(segment, 0, "its head is not a segment's head");
    }

    /// @return whether the frame closes its segment
    private boolean check(Segment segment, Frame frame) throws IOException {
        boolean sealed = false;
        int at = frame.at();
        int end = frame.at() + frame.length();
        while (at < end) {
            long length = RecordCodec.lengthAt(frame.bytes(), at);
            if (length > end - at || !RecordCodec.intactAt(frame.bytes(), at, (int) length)) {
                long offset = frame.offset() + Frame.HEAD_BYTES + at - frame.at();
                throw damaged(segment, offset, "the record there fails its checksum");
            }
            sealed |= RecordCodec.isSealed(frame.bytes(), at);
            at += (int) length;
        }
        return sealed;
    }

    private DamagedLogException damaged(Segment segment, long offset, String what) {
        return new DamagedLogException(place, segment.name.file(), offset, what);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) whenClosed.run();
    }
}
