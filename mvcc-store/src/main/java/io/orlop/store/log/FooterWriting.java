package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import io.orlop.disk.bytes.ByteSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Writes the footer of a closed segment behind its frames. Whatever is there already, if a crash came before the end,
/// is in nobody's use.
final class FooterWriting {
    private static final int FLUSH_BYTES = 1 << 20;

    private final DiskFile file;
    private final ByteSink sink = new ByteSink(2 * FLUSH_BYTES);

    /// Where in the file the sink begins, and where in the sink the chunk.
    private long offset;

    private int chunkAt;

    private FooterWriting(DiskFile file, long offset) {
        this.file = file;
        this.offset = offset;
    }

    /// Returns when it is safe.
    ///
    /// @return it, as it can be read back
    static Footer write(DiskFile file, SegmentName name, Contents contents) throws IOException {
        file.truncate(contents.end);
        new FooterWriting(file, contents.end).write(name, contents);
        file.force();
        return Footer.required(file, name);
    }

    private void write(SegmentName name, Contents contents) throws IOException {
        beginChunk();
        for (LogRecord other : contents.others) RecordCodec.encode(other, sink);
        endChunk();
        KeyFilter filter = new KeyFilter();
        int chunks = 1 + putChanges(contents.changes, filter);
        sink.skip(Footer.padding(offset + sink.size()));
        beginChunk();
        long[] words = filter.words();
        int at = sink.skip(words.length * Long.BYTES);
        for (int i = 0; i < words.length; i++) sink.setLong(at + i * Long.BYTES, words[i]);
        endChunk();
        Footer.putTail(sink, name, contents, chunks);
        flush();
    }

    /// @return in how many chunks
    private int putChanges(PackedChanges changes, KeyFilter filter) throws IOException {
        int chunks = 0;
        boolean first = true;
        for (int i = 0; i < changes.count(); i++) {
            if (first) beginChunk();
            changes.encode(i, first, sink);
            filter.add(changes.keyHash(i));
            first = sink.size() - chunkAt >= Footer.CHUNK_BYTES;
            if (!first && i + 1 < changes.count()) continue;
            endChunk();
            chunks++;
        }
        return chunks;
    }

    private void beginChunk() {
        chunkAt = sink.skip(Footer.CHUNK_HEAD_BYTES);
    }

    private void endChunk() throws IOException {
        int body = chunkAt + Footer.CHUNK_HEAD_BYTES;
        sink.setInt(chunkAt + 4, sink.size() - body);
        sink.setInt(chunkAt, sink.crc(body, sink.size()));
        if (sink.size() >= FLUSH_BYTES) flush();
    }

    private void flush() throws IOException {
        file.write(offset, ByteBuffer.wrap(sink.array(), 0, sink.size()));
        offset += sink.size();
        sink.clear();
    }
}
