package io.orlop.dataplane.nvme.wire;

import java.nio.ByteBuffer;

/// A submission queue entry.
///
/// ```
///   0  opcode    1      8  reserved   16     40  dword 10 … dword 15
///   1  flags     1     24  SGL        16         (their meaning is the opcode's)
///   2  id        2
///   4  namespace 4      a fabrics command keeps its type in the lowest byte here
/// ```
///
/// The id is the host's: Linux puts a generation count into its upper bits, so it is echoed and nothing else.
public record Command(
        int opcode,
        int flags,
        int id,
        int namespace,
        Sgl sgl,
        int dw10,
        int dw11,
        int dw12,
        int dw13,
        int dw14,
        int dw15) {
    public static final int BYTES = 64;
    /// Data pointers are SGLs, as they always are over fabrics.
    public static final int USES_SGL = 0x40;

    /// In dword 12 of a write: it shall be durable when it is answered.
    public static final int FORCE_UNIT_ACCESS = 1 << 30;

    /// One range of a dataset management command's data.
    public static final int RANGE_BYTES = 16;

    private static final int FUSED = 0x03;

    public static Command of(int opcode, int namespace, Sgl sgl, int dw10, int dw11, int dw12) {
        return new Command(opcode, USES_SGL, 0, namespace, sgl, dw10, dw11, dw12, 0, 0, 0);
    }

    public static Command admin(AdminOpcode opcode, int namespace, Sgl sgl, int dw10, int dw11) {
        return of(opcode.code(), namespace, sgl, dw10, dw11, 0);
    }

    public static Command at(ByteBuffer bytes, int start) {
        return new Command(
                bytes.get(start) & 0xFF,
                bytes.get(start + 1) & 0xFF,
                bytes.getShort(start + 2) & 0xFFFF,
                bytes.getInt(start + 4),
                Sgl.at(bytes, start + 24),
                bytes.getInt(start + 40),
                bytes.getInt(start + 44),
                bytes.getInt(start + 48),
                bytes.getInt(start + 52),
                bytes.getInt(start + 56),
                bytes.getInt(start + 60));
    }

    public void put(ByteBuffer bytes) {
        bytes.put((byte) opcode).put((byte) flags).putShort((short) id).putInt(namespace);
        bytes.putLong(0).putLong(0);
        sgl.put(bytes);
        bytes.putInt(dw10).putInt(dw11).putInt(dw12).putInt(dw13).putInt(dw14).putInt(dw15);
    }

    public Command withId(int newId) {
        return new Command(opcode, flags, newId, namespace, sgl, dw10, dw11, dw12, dw13, dw14, dw15);
    }

    public boolean fused() {
        return (flags & FUSED) != 0;
    }

    public boolean usesSgl() {
        return (flags & 0xC0) == USES_SGL;
    }

    /// The opcode's low bits say which way the data goes; fabrics commands say it in their type.
    public boolean bringsData() {
        return ((opcode == Fabrics.OPCODE ? namespace : opcode) & 0x3) == 0x1;
    }

    public boolean fetchesData() {
        return ((opcode == Fabrics.OPCODE ? namespace : opcode) & 0x3) == 0x2;
    }

    /// Dwords 10 and 11 as one number: the first block of a read or write.
    public long firstBlock() {
        return (dw10 & 0xFFFF_FFFFL) | (long) dw11 << 32;
    }

    /// The count of blocks, which travels minus one.
    public int blockCount() {
        return (dw12 & 0xFFFF) + 1;
    }
}
