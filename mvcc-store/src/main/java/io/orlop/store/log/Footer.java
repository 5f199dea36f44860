package io.orlop.store.log;

import io.orlop.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a closed segment says, without the values, behind its last frame: a start reads this instead of the frames.
///
/// ```
///   frames … sealed │ others │ changes │ changes │ … │ tail │
///                   ▲ start
///   others, changes  │ CRC32C │ length │ body │          leases and compactions as records; then changes, keys in
///                                                        order, 10,000 in a chunk
///   a change         │ shared │ rest │ bytes │ main │ sub │ create │ version │ lease │ offset │
///                      of the key before it in the chunk   0 for a tombstone
///   tail, 72 bytes   │ CRC32C │ format │ first sequence │ generation │ last sequence │ revision
///                    │ changes │ chunks │ start │ "orlopEND" │
/// ```
/// Numbers of a change are varints. A footer that is missing, torn or damaged says nothing, and the frames are read
/// after all: nothing is in a footer that is not in them.
///
/// @param start where it begins, which is where the frames end
/// @param revision the store's after the last frame
/// @param changes how many there are
record Footer(DiskFile file, SegmentName name, long start, long lastSequence, long revision, int changes, int chunks) {
    static final int CHUNK_CHANGES = 10_000;
    static final int CHUNK_HEAD_BYTES = 8;
    static final int TAIL_BYTES = 72;
    static final int FORMAT = 1;
    private static final long MAGIC = 0x444e_4570_6f6c_726fL;

    static void putTail(ByteSink sink, SegmentName name, Contents contents, int chunks) {
        int at = sink.skip(TAIL_BYTES);
        sink.setInt(at + 4, FORMAT);
        sink.setLong(at + 8, name.firstSequence());
        sink.setLong(at + 16, name.generation());
        sink.setLong(at + 24, contents.lastSequence);
        sink.setLong(at + 32, contents.revision);
        sink.setLong(at + 40, contents.changes.count());
        sink.setLong(at + 48, chunks);
        sink.setLong(at + 56, contents.end);
        sink.setLong(at + 64, MAGIC);
        sink.setInt(at, sink.crc(at + 4, at + TAIL_BYTES));
    }

    /// The footer of this segment, every byte of it checked; null if it has none that is whole.
    static @Nullable Footer of(DiskFile file, SegmentName name) throws IOException {
        long tail = file.size() - TAIL_BYTES;
        if (tail < SegmentHead.BYTES) return null;
        byte[] bytes = new byte[TAIL_BYTES];
        if (file.read(ByteBuffer.wrap(bytes), tail) < TAIL_BYTES) return null;
        boolean whole = ByteSource.longAt(bytes, 64) == MAGIC
                && ByteSource.intAt(bytes, 4) == FORMAT
                && ByteSource.intAt(bytes, 0) == ByteSource.crc(bytes, 4, TAIL_BYTES)
                && ByteSource.longAt(bytes, 8) == name.firstSequence()
                && ByteSource.longAt(bytes, 16) == name.generation();
        if (!whole) return null;
        Footer footer = new Footer(
                file,
                name,
                ByteSource.longAt(bytes, 56),
                ByteSource.longAt(bytes, 24),
                ByteSource.longAt(bytes, 32),
                (int) ByteSource.longAt(bytes, 40),
                (int) ByteSource.longAt(bytes, 48));
        return footer.isWhole(tail) ? footer : null;
    }

    private boolean isWhole(long tail) throws IOException {
        long offset = start;
        for (int i = 0; i < chunks; i++) {
            byte[] chunk = chunkAt(offset);
            if (chunk == null) return false;
            offset += CHUNK_HEAD_BYTES + chunk.length;
        }
        return offset == tail;
    }

    /// Reads all frames and checks that they are whole, follow one another and end where this begins.
    boolean followsWholeFrames() throws IOException {
        FrameScanner scanner = new FrameScanner(file, start);
        long offset = SegmentHead.BYTES;
        long sequence = name.firstSequence() - 1;
        boolean mayHaveGaps = name.generation() > 0;
        while (offset < start) {
            Frame frame = scanner.frameAt(offset);
            if (frame == null || frame.sequence() <= sequence) return false;
            if (!mayHaveGaps && frame.sequence() != sequence + 1) return false;
            sequence = frame.sequence();
            offset = frame.end();
        }
        return sequence == lastSequence;
    }

    /// The body of the chunk here, or null if it is not whole.
    private byte @Nullable [] chunkAt(long offset) throws IOException {
        byte[] head = new byte[CHUNK_HEAD_BYTES];
        if (file.read(ByteBuffer.wrap(head), offset) < head.length) return null;
        int length = ByteSource.intAt(head, 4);
        if (length < 0 || length > file.size() - offset - CHUNK_HEAD_BYTES) return null;
        byte[] body = new byte[length];
        if (file.read(ByteBuffer.wrap(body), offset + CHUNK_HEAD_BYTES) < length) return null;
        return ByteSource.intAt(head, 0) == ByteSource.crc(body, 0, length) ? body : null;
    }

    private byte[] checkedChunkAt(long offset) throws IOException {
        byte[] chunk = chunkAt(offset);
        if (chunk == null) throw new IOException("the footer of " + name.file() + " changed while it was read");
        return chunk;
    }

    List<LogRecord> others() throws IOException {
        byte[] chunk = checkedChunkAt(start);
        List<LogRecord> others = new ArrayList<>();
        for (int at = 0; at < chunk.length; ) {
            int length = (int) RecordCodec.lengthAt(chunk, at);
            others.add(RecordCodec.decode(chunk, at, length, false));
            at += length;
        }
        return others;
    }

    /// @param segment the number of the segment in this process
    SortedChanges sorted(int segment) throws IOException {
        return new SortedChanges() {
            private long offset = start + CHUNK_HEAD_BYTES + checkedChunkAt(start).length;
            private int chunksLeft = chunks - 1;
            private FooterChunk chunk = new FooterChunk(new byte[0], segment);

            @Override
            public @Nullable Located next() throws IOException {
                while (chunk.isEmpty() && chunksLeft > 0) {
                    byte[] body = checkedChunkAt(offset);
                    offset += CHUNK_HEAD_BYTES + body.length;
                    chunksLeft--;
                    chunk = new FooterChunk(body, segment);
                }
                return chunk.isEmpty() ? null : chunk.next();
            }
        };
    }
}
