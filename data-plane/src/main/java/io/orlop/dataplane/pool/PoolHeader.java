package io.orlop.dataplane.pool;

import io.orlop.disk.bytes.Checksum;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/// The first page of a pool in the format before this one, which is told and refused.
///
/// ```
///  byte 0                  8         12        16                                32
///       ├── "ORLOPLVS" ────┼ version ┼ CRC-32C ┼── pool uuid ────────────────────┤
///    32 ├── cluster size ──┼── data offset ────┼── clusters ──────┼ name length ──┼ name, UTF-8 …
///                          40                  48                 56              60
/// ```
///
/// All numbers are big-endian. The checksum is over the page with its own field zero.
record PoolHeader(String name, UUID uuid) {
    static final int PAGE = 4096;
    static final long MAGIC = 0x4f52_4c4f_504c_5653L;
    private static final int VERSION = 1;
    private static final int CHECKSUM_AT = 12;

    /// What the page says, if it is a whole and undamaged header.
    static Optional<PoolHeader> decode(ByteBuffer page) {
        if (page.getLong(0) != MAGIC || page.getInt(8) != VERSION) return Optional.empty();
        ByteBuffer copy = ByteBuffer.allocate(PAGE).put(page.duplicate().clear());
        copy.putInt(CHECKSUM_AT, 0);
        if (page.getInt(CHECKSUM_AT) != Checksum.of(copy.clear())) return Optional.empty();
        byte[] utf8 = new byte[page.getInt(56)];
        page.get(60, utf8);
        return Optional.of(
                new PoolHeader(new String(utf8, StandardCharsets.UTF_8), new UUID(page.getLong(16), page.getLong(24))));
    }
}
