package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.Disk;
import io.orlop.disk.MemoryDisk;
import io.orlop.disk.twin.CrashableDisk;
import io.orlop.model.ReplicaId;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiskContentTest {
    private static final long MIB = 1 << 20;

    /// Not a multiple of 64 or 256 KiB: what counts from the end of those is not where the end is.
    private static final long SIZE = 32 * MIB - 4096 * 3;

    private final MemoryDisk disk = new MemoryDisk(SIZE, 512);

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "0, bluestore block device, BlueStore",
                "0x1018, hex:c68573f64e1a45ca8265f57f48ba6d81, bcache device",
                "0x1018, hex:c68573f666ce90a9d96a60cf803df7ef, bcachefs",
                "1024, LABELONE, LVM",
                "1536, LABELONE, LVM",
                "0, hex:4c554b53babe, LUKS",
                "0x4000, hex:534b554cbabe, LUKS",
                "0x400000, hex:534b554cbabe, LUKS",
                "0x20000, hex:0cb1ba0000000000, ZFS",
                "0x60400, hex:0000000000bab10c, ZFS",
                "0, hex:fc4e2ba9, Linux RAID",
                "0xff6, SWAPSPACE2, swap",
                "0xfff6, SWAPSPACE2, swap",
                "0x10034, ReIsEr2Fs, ReiserFS",
                "0x8000, JFS1, JFS",
                "1030, hex:3434, NILFS2",
                "4096, OCFSV2, OCFS2",
                "0x10000, hex:01161970, GFS2",
                "0x100000, hex:0dd001c0, VMFS",
                "3, EXFAT, exFAT",
                "82, FAT32, FAT",
                "0x7fffff, hex:01, no known format",
                "1, hex:01, no known format",
                "4096, OJRN, left of a destroyed pool",
            })
    void whatIsAtTheBeginningIsNamed(String offset, String bytes, String what) throws IOException {
        write(Long.decode(offset), bytes);
        assertThat(DiskContent.of(disk)).isInstanceOf(DiskContent.Foreign.class);
        assertThat(DiskContent.of(disk).what()).contains(what);
    }

    @ParameterizedTest
    @CsvSource({
        "512, EFI PART, backup of a GPT",
        "4036, hex:8374026d, DRBD",
        "1024, Intel Raid ISM Cfg Sig. 1.3, Intel RAID",
        "512, hex:de11de11, DDF",
        "1, hex:01, no known format",
        "0x200000, hex:01, no known format",
    })
    void whatIsAtTheEndIsNamed(String beforeEnd, String bytes, String what) throws IOException {
        write(SIZE - Long.decode(beforeEnd), bytes);
        assertThat(DiskContent.of(disk).what()).contains(what);
    }

    /// As `mdadm` and `zpool` place them.
    @Test
    void whatCountsFromAnEndThatIsRoundedIsNamed() throws IOException {
        for (long offset : List.of(31 * MIB + 14 * 65536, (SIZE / 512 - 16) / 8 * 8 * 512)) {
            write(offset, "hex:fc4e2ba9");
            assertThat(DiskContent.of(disk).what()).as("%d", offset).contains("Linux RAID");
            disk.writeZeroes(offset, 4);
        }
        for (long label : List.of(31 * MIB + 256 * 1024, 31 * MIB + 512 * 1024)) {
            write(label + (128 + 77) * 1024, "hex:0cb1ba0000000000");
            assertThat(DiskContent.of(disk).what()).as("%d", label).contains("ZFS");
            disk.writeZeroes(label + (128 + 77) * 1024, 8);
        }
        assertThat(DiskContent.of(disk)).isEqualTo(new DiskContent.Blank());
    }

    /// `mdadm` leaves the first page as it is.
    @Test
    void whoComesToADiskOfWhichThePoolIsHalfErasedIsSeen() throws IOException {
        Erasure.begin(disk);
        write(1 << 20, "hex:01");
        assertThat(DiskContent.of(disk)).isEqualTo(new DiskContent.Blank());
        write(4096, "hex:fc4e2ba9");
        assertThat(DiskContent.of(disk).what()).contains("Linux RAID");
    }

    @ParameterizedTest
    @ValueSource(longs = {1 << 23, SIZE - (2 << 20) - 1})
    void whatIsBetweenTheEndsIsNobodys(long offset) throws IOException {
        write(offset, "hex:01");
        assertThat(DiskContent.of(disk)).isEqualTo(new DiskContent.Blank());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 512, 4096, 5000, 1 << 20, 9 << 20})
    void aSmallDiskIsLookedAtWhole(long size) throws IOException {
        MemoryDisk small = new MemoryDisk(size, 512);
        assertThat(DiskContent.of(small)).isEqualTo(new DiskContent.Blank());
        if (size == 0) return;
        small.write(size - 1, ByteBuffer.wrap(new byte[] {1}));
        assertThat(DiskContent.of(small).what()).contains("no known format, from byte " + (size - 1));
    }

    @Test
    void whoTakesAPoolsDiskForAnotherUseIsSeen() throws IOException {
        new LogicalVolumeStore(Ambient.system())
                .createOrImport("p", null, MIB, disk)
                .close();
        assertThat(DiskContent.of(disk)).isInstanceOf(DiskContent.OfPool.class);
        // As mdadm does, which leaves both super blocks as they are.
        write(4096, "hex:fc4e2ba9");
        assertThat(DiskContent.of(disk).what()).contains("Linux RAID", "over a pool");
        // As pvcreate does, which leaves one.
        disk.writeZeroes(0, 8192);
        write(512, "LABELONE");
        assertThat(DiskContent.of(disk).what()).contains("LVM", "over a pool");
    }

    @Test
    void aDestroyedPoolLeavesABlankDiskWhateverWasInIt() throws IOException {
        CrashableDisk full = new CrashableDisk(20 * MIB, 512);
        pool(full).destroy();
        assertThat(DiskContent.of(full)).isEqualTo(new DiskContent.Blank());
        for (long at : new long[] {0, 8 * MIB - 4096, 18 * MIB, 20 * MIB - 4096}) {
            ByteBuffer page = ByteBuffer.allocate(4096);
            full.read(at, page);
            assertThat(page.flip()).isEqualTo(ByteBuffer.allocate(4096));
        }
    }

    @Test
    void aPoolIsWholeOrGoneWhereverItsEndIsInterrupted() throws IOException {
        for (int calls = 0; ; calls++) {
            CrashableDisk disk = new CrashableDisk(20 * MIB, 512);
            PoolOps pool = pool(disk);
            disk.crashAfter(calls);
            boolean destroyed = true;
            try {
                pool.destroy();
            } catch (IOException _) {
                destroyed = false;
            }
            for (Disk after : List.of(disk.afterPowerCut(new Random(calls)), disk.afterKill())) {
                DiskContent content = DiskContent.of(after);
                if (destroyed) assertThat(content).isEqualTo(new DiskContent.Blank());
                else assertThat(content).isNotInstanceOf(DiskContent.Foreign.class);
                try (PoolOps again = store().createOrImport("p", null, MIB, after)) {
                    assertThat(again.replicas()).hasSize(content instanceof DiskContent.OfPool ? 1 : 0);
                }
            }
            if (destroyed) return;
        }
    }

    private static PoolOps pool(Disk disk) throws IOException {
        PoolOps pool = store().createOrImport("p", null, MIB, disk);
        ReplicaOps replica =
                pool.create(new ReplicaId(new UUID(1, 1)), "r", pool.capacity(), false, ReplicaProperties.PRIVATE);
        byte[] data = new byte[(int) MIB];
        new Random(1).nextBytes(data);
        for (long at = 0; at < pool.capacity(); at += MIB) replica.device().write(at, ByteBuffer.wrap(data));
        replica.device().flush();
        return pool;
    }

    private static LogicalVolumeStore store() {
        return new LogicalVolumeStore(Ambient.system());
    }

    private void write(long offset, String content) throws IOException {
        byte[] bytes = content.startsWith("hex:")
                ? HexFormat.of().parseHex(content.substring(4))
                : content.getBytes(StandardCharsets.ISO_8859_1);
        // Those formats fill their words with spaces or end their lines.
        String padded =
                switch (content) {
                    case "EXFAT" -> "EXFAT   ";
                    case "FAT32" -> "FAT32   ";
                    case "bluestore block device" -> content + "\n";
                    default -> "";
                };
        disk.write(offset, ByteBuffer.wrap(padded.isEmpty() ? bytes : padded.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
