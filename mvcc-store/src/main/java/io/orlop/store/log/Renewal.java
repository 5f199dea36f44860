package io.orlop.store.log;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import io.orlop.disk.bytes.ByteSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Writes a segment anew: every frame where it was, in the file of the next generation.
///
/// When a force fails, Linux takes what it could not write for written. It reads back as long as it stays in memory,
/// and the next force has nothing to do with it and succeeds. So whatever may have been on its way to the disk then is
/// known to be there only when it was written again, elsewhere.
/// ```
///   …12-00000000.log  │ head │ frame │ frame │ frame ? │      a force failed, or nobody can say that none did
///   …12-00000001.log  │ head │ frame │ frame │ frame   │      written, forced, named, the name forced: it counts
/// ```
final class Renewal {
    private static final int PIECE_BYTES = 1 << 20;

    private final DiskFile to;
    private final ByteSink sink = new ByteSink(PIECE_BYTES);
    private long flushed;

    private Renewal(DiskFile to) {
        this.to = to;
    }

    /// @param end where the frames end that are to be copied, each of which must be whole
    /// @param more frames that follow them
    /// @return the file, safe under its name
    static DiskFile elsewhere(Directory disk, DiskFile from, long end, ByteBuffer more, SegmentName name)
            throws IOException {
        return elsewhere(disk, from, end, more, name, null);
    }

    /// @param contents what is to be said behind the frames, if anything is
    static DiskFile elsewhere(
            Directory disk, DiskFile from, long end, ByteBuffer more, SegmentName name, @Nullable Contents contents)
            throws IOException {
        String unfinished = name.file() + SegmentName.UNFINISHED;
        if (disk.names().contains(unfinished)) disk.delete(unfinished);
        DiskFile to = disk.create(unfinished);
        try {
            new Renewal(to).copy(from, end, name, more);
            if (contents != null) FooterWriting.write(to, name, contents);
            to.force();
            disk.rename(unfinished, name.file());
            disk.forceNames();
            return to;
        } catch (IOException | RuntimeException e) {
            abandon(disk, to, unfinished, e);
            throw e;
        }
    }

    /// What is left of it is removed by the next start.
    private static void abandon(Directory disk, DiskFile to, String unfinished, Exception why) {
        try {
            to.close();
            if (disk.names().contains(unfinished)) disk.delete(unfinished);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /// For want of room elsewhere: over itself, so that the next force has all of it to write again.
    static void inPlace(DiskFile file, long end, SegmentName name) throws IOException {
        file.truncate(end);
        new Renewal(file).copy(file, end, name, ByteBuffer.allocate(0));
        file.force();
    }

    private void copy(DiskFile from, long end, SegmentName name, ByteBuffer more) throws IOException {
        sink.putBytes(SegmentHead.encode(name));
        FrameScanner scanner = new FrameScanner(from, end);
        for (long offset = SegmentHead.BYTES; offset < end; ) {
            Frame frame = scanner.frameAt(offset);
            if (frame == null) throw new IOException(name.file() + ": no frame can be read at offset " + offset);
            int bytes = (int) Frame.sizeOf(frame.length());
            sink.putBytes(frame.bytes(), frame.at() - Frame.HEAD_BYTES, bytes);
            offset = frame.end();
            if (sink.size() >= PIECE_BYTES) flush();
        }
        flush();
        while (more.hasRemaining()) {
            int count = Math.min(PIECE_BYTES, more.remaining());
            to.write(flushed, more.slice(more.position(), count));
            more.position(more.position() + count);
            flushed += count;
        }
    }

    private void flush() throws IOException {
        to.write(flushed, ByteBuffer.wrap(sink.array(), 0, sink.size()));
        flushed += sink.size();
        sink.clear();
    }
}
