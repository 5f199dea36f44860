package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The first and the last of a disk's bytes: where everybody writes down what the disk is, and where nothing but zeroes
/// may be before it is taken for blank.
///
/// ```
///   ├── 8 MiB ──┤                                                  ├─ 2 MiB ─┤
///   partition table, file system, LVM,                          backup of the partition table,
///   LUKS (its second header at most at 4 MiB), ZFS, md          md 0.90 and 1.0, ZFS, DRBD, BIOS raids
/// ```
record Ends(long size, ByteBuffer head, ByteBuffer tail) {
    static final long HEAD = 8 << 20;
    static final long TAIL = 2 << 20;

    static Ends of(Disk disk) throws IOException {
        long size = disk.size();
        return new Ends(size, read(disk, 0, Math.min(size, HEAD)), read(disk, tailOf(size), Math.min(size, TAIL)));
    }

    /// What a pool leaves free between its first super block and its own data: who took the disk for another use has
    /// written there, and may have left a super block, or both.
    static Ends behindTheSuperBlock(Disk disk) throws IOException {
        ByteBuffer head = read(disk, 0, Math.min(disk.size(), Geometry.SLOT));
        head.put(0, new byte[Math.min(Disk.SECTOR, head.limit())]);
        return new Ends(disk.size(), head, ByteBuffer.allocate(0));
    }

    static long tailOf(long size) {
        return Math.max(0, size - TAIL);
    }

    private static ByteBuffer read(Disk disk, long offset, long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        disk.read(offset, bytes);
        return bytes.flip();
    }

    /// @param offset from the disk's beginning
    boolean has(long offset, byte[] bytes) {
        return has(head, offset, bytes) || has(tail, offset - tailOf(size), bytes);
    }

    private static boolean has(ByteBuffer region, long at, byte[] bytes) {
        if (at < 0 || at + bytes.length > region.limit()) return false;
        byte[] found = new byte[bytes.length];
        region.get((int) at, found);
        return Arrays.equals(found, bytes);
    }

    /// Where the first byte is that is not zero; -1 if there is none.
    long firstContent() {
        int inHead = firstContent(head);
        if (inHead >= 0) return inHead;
        int inTail = firstContent(tail);
        return inTail < 0 ? -1 : tailOf(size) + inTail;
    }

    private static int firstContent(ByteBuffer region) {
        return region.mismatch(ByteBuffer.allocate(region.limit()));
    }
}
