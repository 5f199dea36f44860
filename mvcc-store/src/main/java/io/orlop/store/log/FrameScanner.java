package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import io.orlop.disk.bytes.ByteSource;
import io.orlop.disk.bytes.Checksum;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads a segment's frames one after the other through a window that moves forward.
final class FrameScanner {
    private static final int WINDOW_BYTES = 256 * 1024;

    private final DiskFile file;
    private final long fileSize;
    private byte[] window;
    private long windowStart;
    private int windowSize;

    FrameScanner(DiskFile file) throws IOException {
        this(file, file.size());
    }

    /// @param size where the file counts as ended, whatever is written behind it meanwhile
    FrameScanner(DiskFile file, long size) {
        this.file = file;
        this.fileSize = size;
        this.window = new byte[(int) Math.min(WINDOW_BYTES, fileSize)];
    }

    /// The frame that starts at this offset, or null if there is none, or not all of it.
    @Nullable
    Frame frameAt(long offset) throws IOException {
        if (!has(offset, Frame.HEAD_BYTES)) return null;
        long length = Integer.toUnsignedLong(ByteSource.intAt(window, position(offset) + Frame.LENGTH));
        if (length > Integer.MAX_VALUE - Frame.HEAD_BYTES - 8 || !has(offset, Frame.sizeOf(length))) return null;
        int at = position(offset);
        int end = at + (int) Frame.sizeOf(length);
        if (ByteSource.intAt(window, at) != Checksum.of(window, at + Frame.LENGTH, end)) return null;
        return new Frame(
                offset,
                ByteSource.longAt(window, at + Frame.SEQUENCE),
                ByteSource.longAt(window, at + Frame.SAFE),
                ByteSource.longAt(window, at + Frame.REVISION),
                window,
                at + Frame.HEAD_BYTES,
                (int) length);
    }

    /// What the bytes at this offset claim as their sequence; 0 past the end.
    long sequenceAt(long offset) throws IOException {
        return has(offset, Frame.HEAD_BYTES) ? ByteSource.longAt(window, position(offset) + Frame.SEQUENCE) : 0;
    }

    private int position(long offset) {
        return (int) (offset - windowStart);
    }

    private boolean has(long offset, long count) throws IOException {
        if (offset + count > fileSize) return false;
        if (offset >= windowStart && offset + count <= windowStart + windowSize) return true;
        if (count > window.length) window = new byte[Math.toIntExact(count)];
        windowStart = offset;
        try {
            windowSize = file.read(offset, ByteBuffer.wrap(window));
        } catch (IOException e) {
            // What is wrong with the disk further on, maybe behind the last frame, may be nobody's.
            windowSize = 0;
            windowSize = file.read(offset, ByteBuffer.wrap(window, 0, (int) count));
        }
        return windowSize >= count;
    }
}
