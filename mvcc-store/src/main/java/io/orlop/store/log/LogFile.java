package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import io.orlop.disk.ForwardingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/// A segment's file. Where the disk cannot read it is named as damage is: by segment and offset. Another file may take
/// its place that holds the same, which who reads does not notice.
final class LogFile implements ForwardingFile {
    private static final int SECTOR_BYTES = 512;

    private volatile DiskFile file;
    private final String place;
    private volatile SegmentName name;

    LogFile(DiskFile file, String place, SegmentName name) {
        this.file = file;
        this.place = place;
        this.name = name;
    }

    @Override
    public DiskFile file() {
        return file;
    }

    /// Another file has the same frames at the same places.
    void renewed(SegmentName another, DiskFile next) throws IOException {
        DiskFile old = file;
        file = next;
        name = another;
        old.close();
    }

    @Override
    public int read(long position, ByteBuffer into) throws IOException {
        int start = into.position();
        DiskFile now = file;
        try {
            return now.read(position, into);
        } catch (ClosedChannelException closed) {
            if (now == file) throw closed;
            into.position(start);
            return read(position, into);
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
                var _ = file.read(at, ByteBuffer.allocate(1));
            } catch (IOException e) {
                return at;
            }
        }
        return from;
    }
}
