package io.orlop.dataplane.nvme.namespace;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.IoOpcode;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;

/// What an I/O command asks of a device, checked against the device.
public sealed interface IoRequest {
    record Read(long offset, int length) implements IoRequest {}

    /// `durable`: force unit access, the write shall survive a power cut when it is answered.
    record Write(long offset, int length, boolean durable) implements IoRequest {}

    record Flush() implements IoRequest {}

    record WriteZeroes(long offset, long length) implements IoRequest {}

    /// The ranges come as data, 16 bytes each.
    record Deallocate(int ranges) implements IoRequest {}

    /// A hint that we do not use.
    record Nothing() implements IoRequest {}

    record Refused(Status status) implements IoRequest {}

    /// Whether the host must bring data for it.
    default boolean bringsData() {
        return switch (this) {
            case Write _, Deallocate _ -> true;
            case Read _, Flush _, WriteZeroes _, Nothing _, Refused _ -> false;
        };
    }

    /// Whether what was written must be durable for it to succeed.
    default boolean flushes() {
        return this instanceof Flush || this instanceof Write write && write.durable();
    }

    static IoRequest of(Command command, BlockDevice device) {
        if (command.fused() || !command.usesSgl()) return new Refused(Status.INVALID_FIELD);
        IoOpcode opcode = IoOpcode.of(command.opcode());
        if (opcode == null) return new Refused(Status.INVALID_OPCODE);
        boolean any = opcode == IoOpcode.FLUSH && command.namespace() == 0xFFFF_FFFF;
        if (command.namespace() != 1 && !any) return new Refused(Status.INVALID_NAMESPACE);
        return switch (opcode) {
            case FLUSH -> new Flush();
            case DATASET_MANAGEMENT -> deallocate(command);
            case READ, WRITE, WRITE_ZEROES -> ofBlocks(opcode, command, device);
        };
    }

    private static IoRequest ofBlocks(IoOpcode opcode, Command command, BlockDevice device) {
        long first = command.firstBlock();
        int count = command.blockCount();
        if (first < 0 || first > device.blocks() - count) return new Refused(Status.LBA_OUT_OF_RANGE);
        long offset = first * device.blockSize();
        long length = (long) count * device.blockSize();
        if (opcode == IoOpcode.WRITE_ZEROES) return new WriteZeroes(offset, length);
        if (length > Limits.TRANSFER_BYTES) return new Refused(Status.INVALID_FIELD);
        if (command.sgl().length() != length) return new Refused(Status.SGL_LENGTH_INVALID);
        if (opcode == IoOpcode.WRITE) {
            return new Write(offset, (int) length, (command.dw12() & Command.FORCE_UNIT_ACCESS) != 0);
        }
        if (command.sgl().type() != Sgl.TRANSPORT) return new Refused(Status.SGL_TYPE_INVALID);
        return new Read(offset, (int) length);
    }

    private static IoRequest deallocate(Command command) {
        boolean deallocates = (command.dw11() & 0x4) != 0;
        int ranges = (command.dw10() & 0xFF) + 1;
        if (!deallocates) return new Nothing();
        // Linux brings a page whatever the number of ranges.
        boolean fits = command.sgl().length() >= ranges * Command.RANGE_BYTES
                && command.sgl().length() <= 4096;
        return fits ? new Deallocate(ranges) : new Refused(Status.SGL_LENGTH_INVALID);
    }
}
