package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/// A segment's file. Where the disk cannot read it is named as damage is: by segment and offset. Another file may take
/// its place that holds the same, which who reads does not notice.
final class LogFile implements DiskFile {
    private static final int SECTOR_BYTES = 512;

    private volatile DiskFile file;
    private final String place;
    private volatile SegmentName name;

    LogFile(DiskFile file, String place, SegmentName name) {
        this.file = file;
        this.place = place;
        this.name = name;
    }

    /// Another file has the same frames at the same places.
    void renewed(SegmentName another, DiskFile next) throws IOException {
        DiskFile old = file;
        file = next;
        name = another;
        old.close();
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        int start = into.position();
        DiskFile now = file;
        try {
            return now.read(into, position);
        } catch (ClosedChannelException closed) {
            if (now == file) throw closed;
            into.position(start);
            return read(into, position);
        } catch (IOException e) {
            long offset = unreadable(position, position + into.limit() - start);
            throw new DamagedLogException(
                    place, name.file(), offset, "the disk cannot read there: " + e.getMessage(), e);
        }
    }

    /// A read of much fails as a whole: which sector is it?
    private long unreadable(long from, long to) {
        for (long at = from; at < to; at = (at / SECTOR_BYTES + 1) * SECTOR_BYTES) {
            try {
                var _ = file.read(ByteBuffer.allocate(1), at);
            } catch (IOException e) {
                return at;
            }
        }
        return from;
    }

    @Override
    public @Nullable MemorySegment inMemory(long position) {
        return file.inMemory(position);
    }

    @Override
    public void unmap() {
        file.unmap();
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
        file.write(from, position);
    }

    @Override
    public void truncate(long size) throws IOException {
        file.truncate(size);
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
