package io.orlop.dataplane.pool;

import io.orlop.disk.bytes.Checksum;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/// The first page of a pool's disk. It is written once, as the last act of creating the pool, and replaced as the first
/// act of destroying it ([Erasure]); in between it never changes.
///
/// ```
///  byte 0                  8         12        16                                32
///       ├── "ORLOPLVS" ────┼ version ┼ CRC-32C ┼── pool uuid ────────────────────┤
///    32 ├── cluster size ──┼── data offset ────┼── clusters ──────┼ name length ──┼ name, UTF-8 …
///                          40                  48                 56              60
/// ```
///
/// All numbers are big-endian. The checksum is over the page with its own field zero.
record PoolHeader(String name, UUID uuid, long clusterSize, long dataOffset, int clusters) {
    static final int PAGE = 4096;
    static final long MAGIC = 0x4f52_4c4f_504c_5653L;
    private static final int VERSION = 1;
    private static final int CHECKSUM_AT = 12;

    /// So many that a journal area, and with it every record, is counted by an `int`.
    static final int CLUSTERS_MAX = 1 << 25;

    /// Lays a pool over a disk of this size, of at most [#CLUSTERS_MAX] clusters; fewer than one if it is too small.
    ///
    /// A journal area holds a checkpoint of the most fragmented pool (12 bytes a cluster) in less than half of it.
    /// The rest is for descriptions of replicas and for changes.
    static PoolHeader layOut(String name, UUID uuid, long clusterSize, long diskSize) {
        long areaBytes = Math.max(1 << 20, roundUp(diskSize / clusterSize * 32, PAGE));
        long dataOffset = roundUp(PAGE + 2 * areaBytes, clusterSize);
        long clusters = Math.max(0, diskSize - dataOffset) / clusterSize;
        return new PoolHeader(name, uuid, clusterSize, dataOffset, Math.toIntExact(clusters));
    }

    long areaBytes() {
        return (dataOffset - PAGE) / 2 / PAGE * PAGE;
    }

    long areaOffset(int area) {
        return PAGE + area * areaBytes();
    }

    long clusterOffset(int cluster) {
        return dataOffset + cluster * clusterSize;
    }

    ByteBuffer encode() {
        ByteBuffer page = ByteBuffer.allocate(PAGE);
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        page.putLong(MAGIC).putInt(VERSION).putInt(0);
        page.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        page.putLong(clusterSize).putLong(dataOffset).putLong(clusters);
        page.putInt(utf8.length).put(utf8);
        page.putInt(CHECKSUM_AT, checksum(page));
        return page.clear();
    }

    /// What the page says, if it is a whole and undamaged header.
    static Optional<PoolHeader> decode(ByteBuffer page) {
        if (page.getLong(0) != MAGIC || page.getInt(8) != VERSION) return Optional.empty();
        ByteBuffer copy = ByteBuffer.allocate(PAGE).put(page.duplicate().clear());
        copy.putInt(CHECKSUM_AT, 0);
        if (page.getInt(CHECKSUM_AT) != checksum(copy)) return Optional.empty();
        byte[] utf8 = new byte[page.getInt(56)];
        page.get(60, utf8);
        return Optional.of(new PoolHeader(
                new String(utf8, StandardCharsets.UTF_8),
                new UUID(page.getLong(16), page.getLong(24)),
                page.getLong(32),
                page.getLong(40),
                Math.toIntExact(page.getLong(48))));
    }

    private static int checksum(ByteBuffer page) {
        return Checksum.of(page.duplicate().clear());
    }

    static long roundUp(long value, long unit) {
        return Math.ceilDiv(value, unit) * unit;
    }
}
