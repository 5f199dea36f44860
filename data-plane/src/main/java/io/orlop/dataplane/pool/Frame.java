package io.orlop.dataplane.pool;

import io.orlop.disk.bytes.Checksum;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;

/// A record of the log.
///
/// ```
///  byte 0       4         8                         24              32              40
///       ├ magic ┼ CRC-32C ┼ incarnation ────────────┼ generation ───┼ sequence ─────┼ safe ─────────┤
///    48 ├ own address ────┼ next slot ──────┼ bytes ┼ zero ┼ change …
///                         56                64      68     72
/// ```
///
/// The checksum is over all that follows it, to the change's end. A frame begins at a multiple of the disk's block size
/// and lies in one slot.
///
/// @param sequence counts the frames of a generation, from 0
/// @param safe how many frames of the generation were known to be on the medium when this one was written
/// @param next the slot where the log goes on behind this one's
/// @param body a change, or nothing: then it is a **seal**, and says only what it says of others
record Frame(long generation, long sequence, long safe, long address, long next, byte[] body) {
    static final int HEADER = 72;
    private static final int MAGIC = 0x474c524f;
    private static final int CHECKSUM_AT = 4;

    static int bytes(int body, int blockSize) {
        return (int) Geometry.roundUp(HEADER + (long) body, blockSize);
    }

    void encode(UUID incarnation, ByteBuffer into) {
        int at = into.position();
        into.order(ByteOrder.LITTLE_ENDIAN).putInt(MAGIC).putInt(0);
        into.putLong(incarnation.getMostSignificantBits()).putLong(incarnation.getLeastSignificantBits());
        into.putLong(generation)
                .putLong(sequence)
                .putLong(safe)
                .putLong(address)
                .putLong(next);
        into.putInt(body.length).putInt(0).put(body);
        into.putInt(at + CHECKSUM_AT, Checksum.of(into.slice(at + 8, HEADER - 8 + body.length)));
    }

    /// The frame that begins here, if one of this pool and generation does, and is whole.
    static Optional<Frame> decode(ByteBuffer slot, int at, long slotAddress, UUID incarnation, long generation) {
        if (at + HEADER > slot.limit()) return Optional.empty();
        ByteBuffer in = slot.slice(at, slot.limit() - at).order(ByteOrder.LITTLE_ENDIAN);
        int length = in.getInt(64);
        if (in.getInt(0) != MAGIC
                || in.getLong(8) != incarnation.getMostSignificantBits()
                || in.getLong(16) != incarnation.getLeastSignificantBits()
                || in.getLong(24) != generation
                || in.getLong(48) != slotAddress + at
                || length < 0
                || length > in.limit() - HEADER
                || Checksum.of(in.slice(8, HEADER - 8 + length)) != in.getInt(CHECKSUM_AT)) return Optional.empty();
        byte[] body = new byte[length];
        in.get(HEADER, body);
        return Optional.of(new Frame(generation, in.getLong(32), in.getLong(40), in.getLong(48), in.getLong(56), body));
    }
}
