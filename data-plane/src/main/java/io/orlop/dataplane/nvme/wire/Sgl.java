package io.orlop.dataplane.nvme;

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
record Sgl(long address, int length, int type) {
    static final int IN_CAPSULE = 0x01;
    static final int TRANSPORT = 0x5A;
    static final Sgl NONE = new Sgl(0, 0, TRANSPORT);

    static Sgl inCapsule(int length) {
        return new Sgl(0, length, IN_CAPSULE);
    }

    static Sgl transport(int length) {
        return new Sgl(0, length, TRANSPORT);
    }

    static Sgl at(ByteBuffer bytes, int start) {
        return new Sgl(bytes.getLong(start), bytes.getInt(start + 8), bytes.get(start + 15) & 0xFF);
    }

    void put(ByteBuffer bytes) {
        bytes.putLong(address).putInt(length).putInt(type << 24);
    }
}
