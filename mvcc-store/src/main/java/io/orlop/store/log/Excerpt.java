package io.orlop.store.log;

import io.orlop.disk.Directory;
import io.orlop.disk.bytes.ByteSink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// What happened after a revision, in the form of one segment: the changes of later revisions, and all that is said of
/// leases and compactions, since that is little and has no revision.
///
/// ```
///   the log      41 │ put a │ 42 │ lease │ 43 │ put b, delete a │ 44 │ compact │ …
///   since 41     head         42 │ lease │ 43 │ put b, delete a │ 44 │ compact │ …
/// ```
public final class Excerpt {
    private static final SegmentName NAME = new SegmentName(1, 0);

    private Excerpt() {}

    /// @param revision the last revision that is left out
    public static void write(LogView view, long revision, OutputStream out) throws IOException {
        out.write(SegmentHead.encode(NAME));
        ByteSink sink = new ByteSink(1 << 20);
        view.frames((_, frame) -> {
            copy(frame, revision, sink);
            out.write(sink.array(), 0, sink.size());
            sink.clear();
        });
    }

    private static void copy(Frame frame, long revision, ByteSink sink) {
        sink.skip(Frame.HEAD_BYTES);
        int at = frame.at();
        while (at < frame.at() + frame.length()) {
            int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
            boolean old =
                    RecordCodec.isChange(frame.bytes(), at) && !RecordCodec.isChangeAfter(revision, frame.bytes(), at);
            if (!old && !RecordCodec.isSealed(frame.bytes(), at)) sink.putBytes(frame.bytes(), at, length);
            at += length;
        }
        if (sink.size() == Frame.HEAD_BYTES) sink.truncate(0);
        else Frame.close(sink, 0, frame.sequence(), frame.safe(), frame.revision());
    }

    /// Looks into an excerpt that was written to this file.
    public static LogView open(Directory disk, String file) throws IOException {
        LogFile opened = new LogFile(disk.open(file), disk.place(), NAME);
        LogView.Piece piece = new LogView.Piece(new Segment(0, NAME, opened, 0), opened.size());
        return new LogView(disk.place() + "/" + file, List.of(piece), () -> {
            try {
                opened.close();
            } catch (IOException e) {
                // It was only read.
            }
        });
    }
}
