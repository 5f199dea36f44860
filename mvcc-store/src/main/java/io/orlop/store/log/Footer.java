package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import io.orlop.disk.Looked;
import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import io.orlop.disk.bytes.Checksum;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a closed segment says, without the values, behind its last frame. A start reads this instead of the frames;
/// later it is where older history is looked up.
///
/// ```
///   frames … sealed │ others │ changes │ changes │ … │ filter │ tail │
///                   ▲ start
///   others, changes,  │ CRC32C │ length │ body │      leases and compactions as records; then changes, keys in
///   filter                                            order, about 4 KiB in a chunk; then the words of a [KeyFilter],
///                                                     at a multiple of 8
///   a change          │ shared │ rest │ bytes │ main │ sub │ create │ version │ lease │ offset │ length │
///                       of the key before it in the chunk   0 for a tombstone          of its record
///   tail, 72 bytes    │ CRC32C │ format │ first sequence │ generation │ last sequence │ revision
///                     │ changes │ chunks │ start │ "orlopEND" │
/// ```
/// Numbers of a change are varints. A footer that is missing, torn, damaged or of another format says nothing, and the
/// frames are read after all: nothing is in a footer that is not in them.
///
/// @param start where it begins, which is where the frames end
/// @param revision the store's after the last frame
/// @param changes how many there are
/// @param places where its chunks of changes are
/// @param filterAt where the filter's words are
/// @param filterWords how many
record Footer(
        DiskFile file,
        SegmentName name,
        long start,
        long lastSequence,
        long revision,
        int changes,
        FooterPlaces places,
        long filterAt,
        int filterWords) {
    /// A look at a single key reads one chunk.
    static final int CHUNK_BYTES = 4 << 10;

    static final int CHUNK_HEAD_BYTES = 8;
    static final int TAIL_BYTES = 72;
    static final int FORMAT = 2;
    private static final long MAGIC = 0x444e_4570_6f6c_726fL;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

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

    /// How many bytes are left free before a filter's chunk, so that none of its words is in two pieces of memory.
    static int padding(long offset) {
        return (int) (-(offset + CHUNK_HEAD_BYTES) & Long.BYTES - 1);
    }

    /// The footer that was just written.
    static Footer required(DiskFile file, SegmentName name) throws IOException {
        Footer footer = of(file, name);
        if (footer == null) throw new IOException("the footer of " + name.file() + " is not as it was written");
        return footer;
    }

    /// The footer of this segment, every byte of it checked; null if it has none that is whole.
    static @Nullable Footer of(DiskFile file, SegmentName name) throws IOException {
        long tail = file.size() - TAIL_BYTES;
        if (tail < SegmentHead.BYTES) return null;
        byte[] bytes = new byte[TAIL_BYTES];
        if (file.read(tail, ByteBuffer.wrap(bytes)) < TAIL_BYTES) return null;
        boolean whole = ByteSource.longAt(bytes, 64) == MAGIC
                && ByteSource.intAt(bytes, 4) == FORMAT
                && ByteSource.intAt(bytes, 0) == Checksum.of(bytes, 4, TAIL_BYTES)
                && ByteSource.longAt(bytes, 8) == name.firstSequence()
                && ByteSource.longAt(bytes, 16) == name.generation();
        if (!whole) return null;
        long start = ByteSource.longAt(bytes, 56);
        int chunks = (int) ByteSource.longAt(bytes, 48);
        FooterPlaces places = new FooterPlaces();
        long offset = start;
        for (int i = 0; i < chunks; i++) {
            byte[] chunk = chunkAt(file, offset);
            // The first is not of changes, and may be empty. Eight zeros say to be an empty chunk, too.
            if (chunk == null || i > 0 && chunk.length == 0) return null;
            if (i > 0) places.add(offset, chunk);
            offset += CHUNK_HEAD_BYTES + chunk.length;
        }
        offset += padding(offset);
        byte[] filter = chunkAt(file, offset);
        if (filter == null || offset + CHUNK_HEAD_BYTES + filter.length != tail) return null;
        return new Footer(
                file,
                name,
                start,
                ByteSource.longAt(bytes, 24),
                ByteSource.longAt(bytes, 32),
                (int) ByteSource.longAt(bytes, 40),
                places,
                offset + CHUNK_HEAD_BYTES,
                filter.length / Long.BYTES);
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
    private static byte @Nullable [] chunkAt(DiskFile file, long offset) throws IOException {
        byte[] head = bytesAt(file, offset, CHUNK_HEAD_BYTES);
        if (head == null) return null;
        int length = ByteSource.intAt(head, 4);
        if (length < 0 || length > file.size() - offset - CHUNK_HEAD_BYTES) return null;
        byte[] body = bytesAt(file, offset + CHUNK_HEAD_BYTES, length);
        return body != null && ByteSource.intAt(head, 0) == Checksum.of(body, 0, length) ? body : null;
    }

    /// From what is mapped if it can be; null where the file ends before, or the disk cannot read it.
    private static byte @Nullable [] bytesAt(DiskFile file, long offset, int count) throws IOException {
        byte[] bytes = new byte[count];
        MemorySegment there = file.inMemory(offset);
        if (there != null && there.byteSize() >= count) {
            boolean interrupted = Thread.currentThread().isInterrupted();
            try {
                MemorySegment.copy(there, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
                return bytes;
            } catch (IllegalStateException | InternalError gone) {
                // Closed, cut, or the disk cannot read it: to read in the usual way will say so.
            } finally {
                Looked.into(there, interrupted);
            }
        }
        try {
            return file.read(offset, ByteBuffer.wrap(bytes)) < count ? null : bytes;
        } catch (DamagedLogException unreadable) {
            return null;
        }
    }

    private byte[] checkedChunkAt(long offset) throws IOException {
        byte[] chunk = chunkAt(file, offset);
        if (chunk == null) throw new DamagedFooterException(name, offset);
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

    /// Whether the segment may have changes of the key with this hash: see [KeyFilter].
    boolean mayHold(long hash) throws IOException {
        int word = KeyFilter.word(hash, filterWords);
        long bits = filterWord(word);
        if (!KeyFilter.isWhole(bits)) throw new DamagedFooterException(name, filterAt + (long) word * Long.BYTES);
        return KeyFilter.mayHold(bits, hash);
    }

    private long filterWord(int word) throws IOException {
        long offset = filterAt + (long) word * Long.BYTES;
        MemorySegment there = file.inMemory(offset);
        if (there != null) {
            boolean interrupted = Thread.currentThread().isInterrupted();
            try {
                return there.get(WORD, 0);
            } catch (IllegalStateException | InternalError gone) {
                // As for a chunk.
            } finally {
                Looked.into(there, interrupted);
            }
        }
        byte[] bytes = bytesAt(file, offset, Long.BYTES);
        if (bytes == null) throw new DamagedFooterException(name, offset);
        return ByteSource.longAt(bytes, 0);
    }

    /// The last change of a key before the one of this revision and place; null if there is none.
    ///
    /// @param segment the number of the segment in this process
    @Nullable
    Located lastBefore(byte[] key, long main, int sub, int segment) throws IOException {
        int chunk = places.lastBefore(key, main, sub);
        if (chunk < 0) return null;
        return new FooterChunk(checkedChunkAt(places.offset(chunk)), segment).lastBefore(key, main, sub);
    }

    /// The changes from about the one of this key and revision on.
    ///
    /// @param segment the number of the segment in this process
    SortedChanges sortedFrom(byte[] key, long main, int segment) {
        return sorted(segment, Math.max(0, places.lastBefore(key, main, 0)));
    }

    /// @param segment the number of the segment in this process
    SortedChanges sorted(int segment) {
        return sorted(segment, 0);
    }

    private SortedChanges sorted(int segment, int firstChunk) {
        return new SortedChanges() {
            private int place = firstChunk;
            private FooterChunk chunk = new FooterChunk(new byte[0], segment);

            @Override
            public @Nullable Located next() throws IOException {
                while (chunk.isEmpty() && place < places.count()) {
                    chunk = new FooterChunk(checkedChunkAt(places.offset(place++)), segment);
                }
                return chunk.isEmpty() ? null : chunk.next();
            }
        };
    }
}
