package io.orlop.dataplane.pool;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import io.orlop.disk.bytes.Checksum;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A node of the tree, as long as a slot: entries in the order of their keys.
///
/// ```
///  byte 0       4         8                         24                32               40      44      48
///       ├ magic ┼ CRC-32C ┼ incarnation ────────────┼ own address ────┼ generation ────┼ level ┼ bytes ┼ entries …
///
///  entry: │ key length, varint │ key │ value length, varint │ value │
///  value at a level above 0: address, 8 bytes │ generation, 8 bytes │ checksum, 4 bytes
/// ```
///
/// The checksum is over all that follows it.
record Node(int level, List<Entry> entries) {
    record Entry(byte[] key, byte[] value) {
        int size() {
            return 2 * VARINT_MAX + key.length + value.length;
        }

        static Entry to(byte[] firstKey, Pointer pointer) {
            ByteSink out = new ByteSink(32);
            out.setLong(out.skip(Long.BYTES), pointer.address());
            out.setLong(out.skip(Long.BYTES), pointer.generation());
            out.setInt(out.skip(Integer.BYTES), pointer.checksum());
            return new Entry(firstKey, Codec.bytes(out));
        }

        Pointer pointer() {
            return new Pointer(
                    ByteSource.longAt(value, 0),
                    ByteSource.longAt(value, Long.BYTES),
                    ByteSource.intAt(value, 2 * Long.BYTES));
        }
    }

    /// What entries may take of a node, counted by [Entry#size].
    static final int ROOM = Geometry.SLOT - 48;

    private static final int MAGIC = 0x4e4c524f;
    private static final int VARINT_MAX = 3;
    private static final int CHECKSUM_AT = 4;
    private static final int HEADER = 48;

    ByteBuffer encode(UUID incarnation, long address, long generation) {
        ByteSink body = new ByteSink(Geometry.SLOT);
        for (Entry entry : entries) {
            body.putVarint(entry.key.length);
            body.putBytes(entry.key);
            body.putVarint(entry.value.length);
            body.putBytes(entry.value);
        }
        ByteBuffer slot = ByteBuffer.allocate(Geometry.SLOT).order(ByteOrder.LITTLE_ENDIAN);
        slot.putInt(MAGIC).putInt(0);
        slot.putLong(incarnation.getMostSignificantBits()).putLong(incarnation.getLeastSignificantBits());
        slot.putLong(address).putLong(generation).putInt(level).putInt(body.size());
        slot.put(body.array(), 0, body.size());
        slot.putInt(CHECKSUM_AT, checksum(slot));
        return slot.clear();
    }

    static int checksumOf(ByteBuffer slot) {
        return slot.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(CHECKSUM_AT);
    }

    /// What the slot holds, if it is the node that is pointed to, and whole.
    static Optional<Node> decode(ByteBuffer slot, UUID incarnation, Pointer pointer) {
        ByteBuffer in = slot.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
        int bytes = in.getInt(44);
        if (in.getInt(0) != MAGIC
                || in.getInt(CHECKSUM_AT) != pointer.checksum()
                || in.getLong(8) != incarnation.getMostSignificantBits()
                || in.getLong(16) != incarnation.getLeastSignificantBits()
                || in.getLong(24) != pointer.address()
                || in.getLong(32) != pointer.generation()
                || bytes < 0
                || bytes > ROOM
                || checksum(in) != pointer.checksum()) return Optional.empty();
        byte[] body = new byte[bytes];
        in.get(HEADER, body);
        ByteSource source = new ByteSource(body, 0);
        List<Entry> entries = new ArrayList<>();
        while (source.at() < bytes) {
            byte[] key = source.bytes((int) source.varint());
            entries.add(new Entry(key, source.bytes((int) source.varint())));
        }
        return Optional.of(new Node(in.getInt(40), entries));
    }

    private static int checksum(ByteBuffer slot) {
        return Checksum.of(slot.slice(8, Geometry.SLOT - 8));
    }
}
