package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import io.orlop.disk.bytes.Checksum;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/// What a pool is and where its metadata begins: one sector, which a disk writes whole or not at all, at either end.
///
/// ```
///  byte 0                  8         12        16
///       ├── "ORLOPOOL" ────┼ version ┼ CRC-32C ┼── compatible ────┼── read-only ─────┼── incompatible ──┤
///    40 ├── pool uuid ────────────────────┼── incarnation ────────────────┤ 72
///    72 ├── generation ────┼── cluster size ──┼── data offset ────┼── clusters ──────┼── disk size ─────┤ 112
///   112 ├── block size ────┼── root: address ─┼── its generation ─┼ checksum ┼ zero ─┼── log: address ──┤ 152
///   152 ├ cache length ┼ name length ┼ cache, UTF-8 … ┼ name, UTF-8 …
/// ```
///
/// All numbers are little-endian. The checksum is over the sector with its own field zero.
///
/// @param incarnation drawn when the pool is made: nothing of a former pool passes for this one's, whatever its uuid
/// @param generation of the tree and of the log; each import and each checkpoint has its own
/// @param cache what the disk's unforced writes lay in while this generation was current ([Disk#cache])
record SuperBlock(
        Compatibility compatibility,
        UUID uuid,
        UUID incarnation,
        long generation,
        Geometry geometry,
        int blockSize,
        Pointer root,
        long log,
        String cache,
        String name) {
    static final long MAGIC = 0x4c4f_4f50_4f4c_524fL;
    private static final int VERSION = 1;
    private static final int CHECKSUM_AT = 12;
    private static final int INCARNATION_AT = 56;
    private static final int TEXTS_AT = 160;
    static final int TEXTS_MAX = Disk.SECTOR - TEXTS_AT;

    SuperBlock next(Pointer root, long log, String cache) {
        return new SuperBlock(
                compatibility, uuid, incarnation, generation + 1, geometry, blockSize, root, log, cache, name);
    }

    SuperBlock with(Compatibility flags) {
        return new SuperBlock(flags, uuid, incarnation, generation, geometry, blockSize, root, log, cache, name);
    }

    ByteBuffer encode() {
        ByteBuffer page = ByteBuffer.allocate(Geometry.PAGE).order(ByteOrder.LITTLE_ENDIAN);
        byte[] cacheBytes = cache.getBytes(StandardCharsets.UTF_8);
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        page.putLong(MAGIC).putInt(VERSION).putInt(0);
        page.putLong(compatibility.compatible())
                .putLong(compatibility.readOnly())
                .putLong(compatibility.incompatible());
        put(page, uuid);
        put(page, incarnation);
        page.putLong(generation)
                .putLong(geometry.clusterSize())
                .putLong(geometry.dataOffset())
                .putLong(geometry.clusters())
                .putLong(geometry.diskSize())
                .putLong(blockSize);
        page.putLong(root.address())
                .putLong(root.generation())
                .putInt(root.checksum())
                .putInt(0)
                .putLong(log);
        page.putInt(cacheBytes.length).putInt(nameBytes.length).put(cacheBytes).put(nameBytes);
        assert page.position() <= Disk.SECTOR : "a super block of " + page.position() + " bytes";
        page.putInt(CHECKSUM_AT, Checksum.of(page.slice(0, Disk.SECTOR)));
        return page.clear();
    }

    /// What the sector says, if it is whole.
    static Optional<SuperBlock> decode(ByteBuffer sector) {
        ByteBuffer in = ByteBuffer.allocate(Disk.SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        in.put(0, sector, 0, Disk.SECTOR);
        int stored = in.getInt(CHECKSUM_AT);
        in.putInt(CHECKSUM_AT, 0);
        if (in.getLong() != MAGIC || in.getInt() != VERSION || Checksum.of(in.slice(0, Disk.SECTOR)) != stored) {
            return Optional.empty();
        }
        in.getInt();
        Compatibility compatibility = new Compatibility(in.getLong(), in.getLong(), in.getLong());
        UUID uuid = uuid(in);
        UUID incarnation = uuid(in);
        long generation = in.getLong();
        Geometry geometry = new Geometry(in.getLong(), in.getLong(), Math.toIntExact(in.getLong()), in.getLong());
        int blockSize = Math.toIntExact(in.getLong());
        Pointer root = new Pointer(in.getLong(), in.getLong(), in.getInt());
        in.getInt();
        long log = in.getLong();
        int cacheLength = in.getInt();
        int nameLength = in.getInt();
        return Optional.of(new SuperBlock(
                compatibility,
                uuid,
                incarnation,
                generation,
                geometry,
                blockSize,
                root,
                log,
                text(in, cacheLength),
                text(in, nameLength)));
    }

    /// Whether this sector was one, of this pool, before something happened to it: it says so in one of two places,
    /// or nothing is left of it.
    boolean mayHaveBeen(ByteBuffer sector) {
        ByteBuffer in = sector.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
        if (in.getLong(0) == MAGIC) return true;
        if (uuid(in.position(INCARNATION_AT)).equals(incarnation)) return true;
        return in.clear().equals(ByteBuffer.allocate(in.limit()));
    }

    private static void put(ByteBuffer page, UUID uuid) {
        page.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }

    private static String text(ByteBuffer in, int length) {
        byte[] utf8 = new byte[length];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
