package io.orlop.store.log;

import io.orlop.disk.bytes.ByteSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Closed segments, one behind the other, of which nothing is left but the frame that closes each. One can say for all
/// of them that there is nothing: the next generation of the first, closed by the last frame of the last.
/// ```
///   1 … 120    121 … 300   301 … 455   456 … 600        first and last frame
///   │ a  c │   │       │   │       │   │ d  f │
///   │ a  c │   │                   │   │ d  f │          121 … 455, as the next generation of 121
/// ```
/// Without that, the file of every segment there ever was would stay, and be open.
record EmptyRow(List<Segment> segments) {
    /// @param inOrder the newest generation of each closed segment
    /// @param leftovers one that has an older generation there is not joined: that one says what is not so any more
    static List<EmptyRow> in(List<Segment> inOrder, Leftovers leftovers) {
        List<EmptyRow> rows = new ArrayList<>();
        List<Segment> row = new ArrayList<>();
        for (Segment segment : inOrder) {
            if (isEmpty(segment) && leftovers.olderThan(segment.name).isEmpty()) {
                row.add(segment);
            } else {
                if (row.size() > 1) rows.add(new EmptyRow(List.copyOf(row)));
                row.clear();
            }
        }
        if (row.size() > 1) rows.add(new EmptyRow(List.copyOf(row)));
        return rows;
    }

    private static boolean isEmpty(Segment segment) {
        Footer footer = segment.footer;
        return footer != null && segment.settled && segment.name.generation() > 0 && saysNothing(footer);
    }

    /// A rewrite leaves no more than one frame of a segment of which nothing is needed.
    static boolean saysNothing(Footer footer) {
        return footer.changes() == 0 && footer.start() <= SegmentHead.BYTES + Frame.sizeOf(RecordCodec.HEAD_BYTES);
    }

    /// Writes the one that says it for all, and returns when it is safe.
    void write(Segment to) throws IOException {
        Segment last = segments.getLast();
        Frame closing = new FrameScanner(last.file, last.framesEnd).frameAt(SegmentHead.BYTES);
        if (closing == null) throw new IOException("segment " + last.name.file() + " cannot be read");
        ByteSink sink = new ByteSink(Frame.HEAD_BYTES);
        sink.putBytes(SegmentHead.encode(to.name));
        int start = sink.skip(Frame.HEAD_BYTES);
        sink.putBytes(closing.bytes(), closing.at(), closing.length());
        Frame.close(sink, start, closing.sequence(), closing.safe(), closing.revision());
        to.file.write(0, ByteBuffer.wrap(sink.array(), 0, sink.size()));
        to.framesEnd = sink.size();
        to.footer = FooterWriting.write(to.file, to.name, Contents.read(to, () -> {}));
    }
}
