package io.orlop.dataplane.nvme.wire;

import java.nio.ByteBuffer;

/// Where a command's data is. Over TCP there are two answers: in the capsule that brought the command, or to be
/// moved by data PDUs.
///
/// ```
///   0         address or offset   8 bytes
///   8         length              4
///  12         reserved            3
///  15         type << 4 | subtype 1         0x01 in the capsule, 0x5A by transport
/// ```
public record Sgl(long address, int length, int type) {
    public static final int IN_CAPSULE = 0x01;
    public static final int TRANSPORT = 0x5A;
    public static final Sgl NONE = new Sgl(0, 0, TRANSPORT);

    public static Sgl inCapsule(int length) {
        return new Sgl(0, length, IN_CAPSULE);
    }

    public static Sgl transport(int length) {
        return new Sgl(0, length, TRANSPORT);
    }

    public static Sgl at(ByteBuffer bytes, int start) {
        return new Sgl(bytes.getLong(start), bytes.getInt(start + 8), bytes.get(start + 15) & 0xFF);
    }

    public void put(ByteBuffer bytes) {
        bytes.putLong(address).putInt(length).putInt(type << 24);
    }
}
