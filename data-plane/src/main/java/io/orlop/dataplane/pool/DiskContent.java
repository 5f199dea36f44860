package io.orlop.dataplane.pool;

import io.orlop.dataplane.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// What a disk carries, judged from its first pages, before anything may be written to it.
sealed interface DiskContent {
    /// Nothing that anybody would miss, as far as can be told.
    record Blank() implements DiskContent {}

    record OfPool(PoolHeader header) implements DiskContent {}

    /// Somebody's data: a pool whose header is damaged, a file system, a partition table …
    record Foreign(String what) implements DiskContent {}

    /// Bytes at a fixed place by which a format can be told.
    record Signature(int offset, byte[] bytes, String what) {
        Signature(int offset, String text, String what) {
            this(offset, text.getBytes(StandardCharsets.ISO_8859_1), what);
        }

        boolean on(ByteBuffer head) {
            if (head.limit() < offset + bytes.length) return false;
            byte[] found = new byte[bytes.length];
            head.get(offset, found);
            return Arrays.equals(found, bytes);
        }
    }

    List<Signature> KNOWN = List.of(
            new Signature(0, "SPDKBLOB", "an SPDK blob store (a pool of OpenEBS Mayastor)"),
            new Signature(1024 + 56, new byte[] {0x53, (byte) 0xef}, "an ext2, ext3 or ext4 file system"),
            new Signature(0, "XFSB", "an XFS file system"),
            new Signature(0x10040, "_BHRfS_M", "a btrfs file system"),
            new Signature(1024, new byte[] {0x10, 0x20, (byte) 0xf5, (byte) 0xf2}, "an F2FS file system"),
            new Signature(0, "hsqs", "a squashfs file system"),
            new Signature(0x8001, "CD001", "an ISO 9660 file system"),
            new Signature(3, "NTFS    ", "an NTFS file system"),
            new Signature(0, "LABELONE", "an LVM physical volume"),
            new Signature(512, "LABELONE", "an LVM physical volume"),
            new Signature(0, "LUKS\u00ba\u00be", "a LUKS volume"),
            new Signature(4096 - 10, "SWAPSPACE2", "swap space"),
            new Signature(0, new byte[] {(byte) 0xfc, 0x4e, 0x2b, (byte) 0xa9}, "a member of a Linux RAID"),
            new Signature(4096, new byte[] {(byte) 0xfc, 0x4e, 0x2b, (byte) 0xa9}, "a member of a Linux RAID"),
            new Signature(512, "EFI PART", "a GPT partition table"),
            new Signature(4096, "EFI PART", "a GPT partition table"),
            new Signature(510, new byte[] {0x55, (byte) 0xaa}, "an MBR partition table or a boot sector"));

    static DiskContent of(Disk disk) throws IOException {
        ByteBuffer head = ByteBuffer.allocate((int) Math.min(disk.size(), 0x10048));
        disk.read(0, head);
        head.flip();
        if (head.limit() < PoolHeader.PAGE) return new Blank();
        if (head.getLong(0) == PoolHeader.MAGIC) {
            return PoolHeader.decode(head.slice(0, PoolHeader.PAGE))
                    .<DiskContent>map(OfPool::new)
                    .orElse(new Foreign("a pool with a damaged header, or of a later version"));
        }
        // A pool is told by more than its first bytes: were they all, one flipped bit would offer it for formatting.
        ByteBuffer mended = ByteBuffer.allocate(PoolHeader.PAGE).put(0, head, 0, PoolHeader.PAGE);
        if (PoolHeader.decode(mended.putLong(0, PoolHeader.MAGIC)).isPresent()) {
            return new Foreign("a pool whose first bytes are damaged");
        }
        return KNOWN.stream()
                .filter(signature -> signature.on(head))
                .findFirst()
                .<DiskContent>map(signature -> new Foreign(signature.what()))
                .orElse(new Blank());
    }
}
