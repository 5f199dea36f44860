package io.orlop.store.log;

import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Writes the footer of a closed segment behind its frames. Whatever is there already, if a crash came before the end,
/// is in nobody's use.
final class FooterWriting {
    private static final int CHUNK_BYTES_MAX = 4 << 20;
    private static final int SINK_BYTES_KEPT = 1 << 20;

    private final DiskFile file;
    private final ByteSink sink = new ByteSink(SINK_BYTES_KEPT);
    private long offset;
    private int chunks;

    private FooterWriting(DiskFile file, long offset) {
        this.file = file;
        this.offset = offset;
    }

    /// Returns when it is safe.
    static void write(Segment segment, Contents contents) throws IOException {
        segment.file.truncate(contents.end);
        new FooterWriting(segment.file, contents.end).write(segment.name, contents);
        segment.file.force();
    }

    private void write(SegmentName name, Contents contents) throws IOException {
        sink.skip(Footer.CHUNK_HEAD_BYTES);
        for (LogRecord other : contents.others) RecordCodec.encode(other, sink);
        endChunk();
        int inChunk = 0;
        for (int i = 0; i < contents.changes.count(); i++) {
            if (inChunk == 0) sink.skip(Footer.CHUNK_HEAD_BYTES);
            contents.changes.encode(i, inChunk == 0, sink);
            if (++inChunk < Footer.CHUNK_CHANGES && sink.size() < CHUNK_BYTES_MAX) continue;
            endChunk();
            inChunk = 0;
        }
        if (inChunk > 0) endChunk();
        Footer.putTail(sink, name, contents, chunks);
        flush();
    }

    private void endChunk() throws IOException {
        int end = sink.size();
        sink.setInt(4, end - Footer.CHUNK_HEAD_BYTES);
        sink.setInt(0, sink.crc(Footer.CHUNK_HEAD_BYTES, end));
        flush();
        chunks++;
    }

    private void flush() throws IOException {
        file.write(ByteBuffer.wrap(sink.array(), 0, sink.size()), offset);
        offset += sink.size();
        sink.clear();
    }
}
