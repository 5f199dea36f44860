package io.orlop.dataplane.pool;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// By what the formats of others can be told. The list only gives a name to what is there: a disk with anything but
/// zeroes at its [Ends] is somebody's, whether it is in the list or not.
final class Formats {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    /// @param offsets where the bytes may be; negative ones count from the disk's end
    private record Signature(String what, byte[] bytes, long... offsets) {
        boolean on(Ends ends) {
            return LongStream.of(offsets)
                    .anyMatch(offset -> ends.has(offset < 0 ? ends.size() + offset : offset, bytes));
        }
    }

    private static final List<Signature> KNOWN = List.of(
            text("a pool in Orlop's former format, with a damaged header", "ORLOPLVS", 0),
            text("an SPDK blob store (a pool of OpenEBS Mayastor)", "SPDKBLOB", 0),
            text("a Ceph BlueStore", "bluestore block device\n", 0),
            text("a LUKS volume", "LUKS\u00ba\u00be", 0),
            text("a LUKS volume (its second header)", "SKUL\u00ba\u00be", powersOfTwo(16 * KIB, 4 * MIB)),
            text("an LVM physical volume", "LABELONE", 0, 512, 1024, 1536),
            hex("a bcache device", "c68573f64e1a45ca8265f57f48ba6d81", 4096 + 24),
            hex("a bcachefs file system", "c68573f666ce90a9d96a60cf803df7ef", 4096 + 24),
            hex("an ext2, ext3 or ext4 file system", "53ef", 1024 + 56),
            text("an XFS file system", "XFSB", 0),
            text("a btrfs file system", "_BHRfS_M", 64 * KIB + 64),
            hex("an F2FS file system", "1020f5f2", 1024),
            text("a squashfs file system", "hsqs", 0),
            hex("an EROFS file system", "e2e1f5e0", 1024),
            text("an ISO 9660 file system", "CD001", 32 * KIB + 1),
            text("a ReiserFS file system", "ReIsEr", 8 * KIB + 52, 64 * KIB + 52, 64 * KIB),
            text("a JFS file system", "JFS1", 32 * KIB),
            hex("a NILFS2 file system", "3434", 1024 + 6),
            text("an OCFS2 file system", "OCFSV2", KIB, 2 * KIB, 4 * KIB, 8 * KIB),
            hex("a GFS2 file system", "01161970", 64 * KIB),
            hex("a VMFS volume", "0dd001c0", MIB),
            hex("a VMFS volume", "5ef1ab2f", 2 * MIB),
            text("an APFS container", "NXSB", 32),
            text("an HFS+ file system", "H+", 1024),
            text("an NTFS file system", "NTFS    ", 3),
            text("an exFAT file system", "EXFAT   ", 3),
            text("a BitLocker volume", "-FVE-FS-", 3),
            text("a FAT file system", "FAT12   ", 54),
            text("a FAT file system", "FAT16   ", 54),
            text("a FAT file system", "FAT32   ", 82),
            text("an Oracle ASM disk", "ORCLDISK", 32),
            text("a Stratis device", "!Stra0tis", 516),
            text("a VDO device", "dmvdo001", 0),
            text("a dm-verity device", "verity\0\0", 0),
            text("a dm-integrity device", "integrt\0", 0),
            text("swap space", "SWAPSPACE2", pageEnds()),
            text("swap space", "SWAP-SPACE", pageEnds()),
            hex("a member of a Linux RAID", "fc4e2ba9", 0, 4096),
            text("a member of an Intel RAID", "Intel Raid ISM Cfg Sig.", -1024, -2 * 4096),
            hex("a member of a DDF RAID", "de11de11", -512, -4096),
            hex("a DRBD device", "8374026b", -4096 + 60),
            hex("a DRBD device", "8374026c", -4096 + 60),
            hex("a DRBD device", "8374026d", -4096 + 60),
            text("a GPT partition table", "EFI PART", 512, 4096),
            text("the backup of a GPT partition table", "EFI PART", -512, -4096),
            hex("an MBR partition table or a boot sector", "55aa", 510));

    /// A pool that was destroyed by an Orlop that erased its header alone.
    private static final Signature LEFT_OVER = hex("what is left of a destroyed pool", "4f4a524e", 4096);

    private Formats() {}

    /// What is at the ends of a disk; empty if there are only zeroes.
    static Optional<String> on(Ends ends) {
        long first = ends.firstContent();
        if (first < 0) return Optional.empty();
        String unknown =
                LEFT_OVER.on(ends) ? LEFT_OVER.what : "data of no known format, from byte %d on".formatted(first);
        return Optional.of(known(ends).orElse(unknown));
    }

    /// What others have written there.
    static Optional<String> known(Ends ends) {
        List<Signature> all = new ArrayList<>(KNOWN);
        // A RAID at the end says its place by the disk's size, and goes before what is in the RAID.
        all.addFirst(raidAtTheEnd(ends.size()));
        all.addFirst(zfs(ends.size(), "0cb1ba0000000000"));
        all.addFirst(zfs(ends.size(), "0000000000bab10c"));
        return all.stream()
                .filter(signature -> signature.on(ends))
                .map(Signature::what)
                .findFirst();
    }

    /// md 0.90 in the last whole 64 KiB but one, 1.0 between 8 and 12 KiB before the end.
    private static Signature raidAtTheEnd(long size) {
        long before = size / (64 * KIB) * 64 * KIB - 64 * KIB;
        long since = (size / 512 - 16) / 8 * 8 * 512;
        return hex("a member of a Linux RAID", "fc4e2ba9", Math.max(0, before), Math.max(0, since));
    }

    /// Two labels of 256 KiB at each end; the second half of each is a ring of uberblocks, which begin with this.
    private static Signature zfs(long size, String magic) {
        long end = size / (256 * KIB) * 256 * KIB;
        long[] rings = LongStream.of(0, 256 * KIB, end - 512 * KIB, end - 256 * KIB)
                .flatMap(label -> LongStream.range(128, 256).map(at -> label + at * KIB))
                .filter(offset -> offset >= 0)
                .toArray();
        return hex("a disk of a ZFS pool", magic, rings);
    }

    /// Where swap space is marked: at the end of its first page, which is as large as the processor's.
    private static long[] pageEnds() {
        return LongStream.of(powersOfTwo(4 * KIB, 64 * KIB))
                .map(end -> end - 10)
                .toArray();
    }

    private static long[] powersOfTwo(long first, long last) {
        int steps = Long.numberOfTrailingZeros(last / first);
        return IntStream.rangeClosed(0, steps).mapToLong(step -> first << step).toArray();
    }

    private static Signature text(String what, String text, long... offsets) {
        return new Signature(what, text.getBytes(StandardCharsets.ISO_8859_1), offsets);
    }

    private static Signature hex(String what, String hex, long... offsets) {
        return new Signature(what, HexFormat.of().parseHex(hex), offsets);
    }
}
