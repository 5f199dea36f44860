package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import io.orlop.disk.ForwardingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.TreeSet;

/// A file with zeros where the disk cannot read it, which begin no frame. Who looks for what is left finds the sectors
/// before and behind such a place.
/// ```
///   on the disk   │ sector │ ??? │ sector │        read as   │ sector │ 0 0 │ sector │
/// ```
record PatchedFile(DiskFile file, TreeSet<Long> unreadable) implements ForwardingFile {
    static final int SECTOR_BYTES = 512;

    PatchedFile(DiskFile file) {
        this(file, new TreeSet<>());
    }

    /// How many sectors between these offsets could not be read.
    int unreadable(long from, long to) {
        return unreadable
                .subSet(from / SECTOR_BYTES, (to + SECTOR_BYTES - 1) / SECTOR_BYTES)
                .size();
    }

    @Override
    public int read(long position, ByteBuffer into) throws IOException {
        int start = into.position();
        long end = Math.min(position + into.remaining(), size());
        // A disk takes long to find out again what it cannot read.
        if (unreadable(position, Math.max(position, end)) == 0) {
            try {
                return file.read(position, into);
            } catch (IOException somewhere) {
                into.position(start);
            }
        }
        for (long at = position; at < end; ) {
            int count = (int) (Math.min(end, (at / SECTOR_BYTES + 1) * SECTOR_BYTES) - at);
            into.put(sector(at, count));
            at += count;
        }
        return into.position() - start;
    }

    private byte[] sector(long at, int count) {
        byte[] bytes = new byte[count];
        if (unreadable.contains(at / SECTOR_BYTES)) return bytes;
        try {
            var _ = file.read(at, ByteBuffer.wrap(bytes));
            return bytes;
        } catch (IOException e) {
            unreadable.add(at / SECTOR_BYTES);
            return new byte[count];
        }
    }
}
