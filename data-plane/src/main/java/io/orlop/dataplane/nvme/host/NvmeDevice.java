package io.orlop.dataplane.nvme.host;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.AsyncEvent;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.ControllerRegisters;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Feature;
import io.orlop.dataplane.nvme.wire.IoOpcode;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.dataplane.nvme.wire.LogPages;
import io.orlop.dataplane.nvme.wire.Property;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Another target's namespace as a block device. Made by [NvmeInitiator].
///
/// Large reads and writes are cut into what the target takes at once, and all pieces are under way together. Any
/// failure of a connection fails the device for good: every call, under way or later, throws [IOException]. Whether
/// and when to connect again is the owner's decision.
public final class NvmeDevice implements BlockDevice {
    private static final int ZEROES_BLOCKS_MAX = 1 << 16;
    private static final ByteBuffer ZEROES =
            ByteBuffer.allocateDirect(Limits.TRANSFER_BYTES).asReadOnlyBuffer();

    private final HostQueue admin;
    private final List<HostQueue> queues;
    private final RemoteController controller;
    private final Ambient ambient;
    private final InitiatorOptions options;
    private final Signal ending;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile RemoteNamespace namespace;
    private volatile @Nullable IOException failure;
    private volatile boolean closed;

    NvmeDevice(
            HostQueue admin,
            List<HostQueue> queues,
            RemoteController controller,
            RemoteNamespace namespace,
            InitiatorOptions options,
            Ambient ambient) {
        this.admin = admin;
        this.queues = queues;
        this.controller = controller;
        this.namespace = namespace;
        this.options = options;
        this.ambient = ambient;
        this.ending = ambient.signal();
    }

    /// The namespace's globally unique id: which volume or replica this is.
    public UUID uuid() {
        return namespace.uuid();
    }

    /// Why the device can no longer be used, or nothing while it can.
    public @Nullable IOException failure() {
        return failure;
    }

    @Override
    public boolean lost() {
        return failure != null;
    }

    @Override
    public int blockSize() {
        return namespace.blockSize();
    }

    @Override
    public long blocks() {
        return namespace.blocks();
    }

    @Override
    public Optional<UUID> memory() {
        return controller.memory();
    }

    @Override
    public boolean writeThrough() {
        return !controller.volatileCache();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        transfer(IoOpcode.READ, offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        transfer(IoOpcode.WRITE, offset, from);
    }

    @Override
    public void flush() throws IOException {
        if (writeThrough()) {
            checkUsable();
            return;
        }
        try {
            queue().execute(Command.of(IoOpcode.FLUSH.code(), 1, Sgl.NONE, 0, 0, 0));
        } catch (NvmeException e) {
            // This controller flushes nothing any more. What is on the medium shows to who connects anew.
            if (e.forGood() && e.is(Status.WRITE_FAULT)) fail(e);
            throw e;
        }
    }

    @Override
    public void unmap(long offset, long length) throws IOException {
        check(offset, length);
        if (!controller.deallocates()) return;
        long step = 0xFFFF_FFFFL;
        long first = offset / blockSize();
        long end = first + length / blockSize();
        for (long at = first; at < end; at += step) {
            ByteBuffer range = ByteBuffer.allocateDirect(Command.RANGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            range.putInt(4, (int) Math.min(step, end - at)).putLong(8, at);
            queue().execute(Command.of(IoOpcode.DATASET_MANAGEMENT.code(), 1, Sgl.NONE, 0, 0x4, 0), range);
        }
    }

    @Override
    public void writeZeroes(long offset, long length) throws IOException {
        check(offset, length);
        if (!controller.writesZeroes()) {
            for (long done = 0; done < length; done += ZEROES.capacity()) {
                write(offset + done, ZEROES.slice(0, (int) Math.min(ZEROES.capacity(), length - done)));
            }
            return;
        }
        long step = (long) ZEROES_BLOCKS_MAX * blockSize();
        for (long done = 0; done < length; done += step) {
            long blocks = Math.min(step, length - done) / blockSize();
            queue().execute(ofBlocks(IoOpcode.WRITE_ZEROES, (offset + done) / blockSize(), blocks));
        }
    }

    private void transfer(IoOpcode opcode, long offset, ByteBuffer data) throws IOException {
        int length = data.remaining();
        check(offset, length);
        if (length == 0) return;
        int step = controller.transferMax();
        int pieces = (length + step - 1) / step;
        Call call = new Call(pieces);
        HostQueue queue = queue();
        for (int piece = 0; piece < pieces; piece++) {
            int start = piece * step;
            ByteBuffer part = data.slice(data.position() + start, Math.min(step, length - start));
            Command command = ofBlocks(opcode, (offset + start) / blockSize(), part.remaining() / blockSize());
            queue.submit(command, part, call);
        }
        queue.flush();
        call.await();
        data.position(data.limit());
    }

    private static Command ofBlocks(IoOpcode opcode, long first, long count) {
        return Command.of(opcode.code(), 1, Sgl.NONE, (int) first, (int) (first >>> 32), (int) (count - 1));
    }

    private HostQueue queue() {
        return queues.get(Math.floorMod(turn.getAndIncrement(), queues.size()));
    }

    private void check(long offset, long length) throws IOException {
        checkUsable();
        int block = blockSize();
        if (offset < 0 || length < 0 || offset % block != 0 || length % block != 0 || offset > size() - length) {
            throw new IllegalArgumentException(
                    "%d bytes at %d are not whole blocks within %d".formatted(length, offset, size()));
        }
    }

    private void checkUsable() throws IOException {
        if (closed) throw new IOException("the device is closed");
        if (failure instanceof IOException cause) throw new IOException(cause.getMessage(), cause);
    }

    void start() {
        ambient.start("nvme-keep-alive", this::keepAlive);
        ambient.start("nvme-events", this::followChanges);
    }

    /// Ends everything; what is under way fails.
    void fail(IOException cause) {
        if (failure == null) failure = cause;
        ending.raise();
        admin.fail(cause);
        for (HostQueue queue : queues) queue.fail(cause);
    }

    private void keepAlive() {
        try {
            while (!ending.await(options.keepAlive().dividedBy(2)) && failure == null) {
                admin.execute(Command.admin(AdminOpcode.KEEP_ALIVE, 0, Sgl.NONE, 0, 0));
            }
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the target to say that the namespace changed, and looks again how large it is.
    private void followChanges() {
        try {
            if (!controller.tellsOfNamespaces()) return;
            int wanted = AsyncEvent.NAMESPACE_CHANGED.enablingBit();
            admin.execute(Command.admin(AdminOpcode.SET_FEATURES, 0, Sgl.NONE, Feature.ASYNC_EVENTS, wanted));
            while (failure == null) {
                admin.execute(Command.admin(AdminOpcode.ASYNC_EVENT_REQUEST, 0, Sgl.NONE, 0, 0));
                ByteBuffer changed = RemoteController.page();
                int dwords = changed.remaining() / 4 - 1;
                admin.execute(
                        Command.admin(
                                AdminOpcode.GET_LOG_PAGE,
                                0xFFFF_FFFF,
                                Sgl.NONE,
                                LogPages.CHANGED_NAMESPACES | dwords << 16,
                                0),
                        changed);
                namespace = RemoteNamespace.identify(admin);
            }
        } catch (NvmeException e) {
            // It does not tell; then the size stays what it was.
        } catch (IOException e) {
            fail(e);
        }
    }

    /// Leaves the target: it is told, if it can still be reached.
    @Override
    public void close() throws IOException {
        if (closed) return;
        closed = true;
        if (failure == null) {
            try {
                admin.execute(Fabrics.propertySet(Property.CONFIGURATION, ControllerRegisters.SHUT_DOWN));
            } catch (IOException e) {
                // Then it will find out by itself.
            }
        }
        fail(new IOException("the device is closed"));
    }
}
