package io.orlop.dataplane.nvme.namespace;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.ForgottenWritesException;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.dataplane.block.Warrant;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/// The NVM command set of one controller: what its I/O commands ask of the namespace, and what they do to it. How
/// commands and data travel is none of its business.
///
/// A host tries again, five times on Linux, what was answered without "do not retry". A read or write that failed may
/// be tried again: it is the same then as it would have been before. A flush may not ([WriteCache]); the status for it
/// is one that neither Linux's multipathing nor that of its device mapper takes for a broken path.
public final class NvmCommands {
    private static final System.Logger LOG = System.getLogger(NvmCommands.class.getName());

    private final Supplier<AnaState> path;
    private final BlockDevice device;
    private final Warrant warrant;
    private final WriteCache cache;

    /// @param device the namespace's blocks
    /// @param path how good the way to them is here
    /// @param warrant stands as long as the controller's host may use the namespace
    public NvmCommands(BlockDevice device, Supplier<AnaState> path, Warrant warrant) {
        this.path = path;
        this.warrant = warrant;
        this.device = device.under(warrant);
        this.cache = new WriteCache(device);
    }

    /// What a command asks for, or why it is refused.
    public IoRequest decide(Command command) {
        Status served = path.get().ioStatus();
        return served == Status.SUCCESS ? IoRequest.of(command, device) : new IoRequest.Refused(served);
    }

    /// Does it.
    ///
    /// @param data what the command brings, or room for what it fetches; otherwise empty
    /// @return the status field of its answer
    public int execute(IoRequest request, ByteBuffer data) {
        try {
            return perform(request, data).field();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (warrant.stands()) LOG.log(System.Logger.Level.WARNING, "%s failed: %s".formatted(request, e));
            return failure(request, e);
        }
    }

    private Status perform(IoRequest request, ByteBuffer data) throws IOException {
        switch (request) {
            case IoRequest.Read(long offset, int _) -> device.read(offset, data);
            case IoRequest.Write write -> {
                device.write(write.offset(), data);
                if (write.durable() && !device.writeThrough()) cache.flush();
            }
            case IoRequest.Flush _ -> cache.flush();
            case IoRequest.WriteZeroes(long offset, long length) -> device.writeZeroes(offset, length);
            case IoRequest.Deallocate(int ranges) -> {
                return deallocate(ranges, data);
            }
            case IoRequest.Nothing _ -> {}
            case IoRequest.Refused(Status status) -> {
                return status;
            }
        }
        return Status.SUCCESS;
    }

    private Status deallocate(int ranges, ByteBuffer data) throws IOException {
        ByteBuffer list = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ranges; i++) {
            long count = list.getInt(Command.RANGE_BYTES * i + 4) & 0xFFFF_FFFFL;
            long first = list.getLong(Command.RANGE_BYTES * i + 8);
            if (first < 0 || first > device.blocks() - count) return Status.LBA_OUT_OF_RANGE;
            if (count > 0) device.unmap(first * device.blockSize(), count * device.blockSize());
        }
        return Status.SUCCESS;
    }

    private int failure(IoRequest request, Throwable e) {
        boolean forGood = e instanceof ForgottenWritesException || cache.failed() && request.flushes();
        if (forGood) return Status.WRITE_FAULT.fieldForGood();
        Status status =
                switch (e) {
                    case NoSpaceException _ -> Status.CAPACITY_EXCEEDED;
                    case IOException _ when request instanceof IoRequest.Read -> Status.UNRECOVERED_READ;
                    case IOException _ when request instanceof IoRequest.Write -> Status.WRITE_FAULT;
                    default -> Status.INTERNAL_ERROR;
                };
        return status.field();
    }
}
