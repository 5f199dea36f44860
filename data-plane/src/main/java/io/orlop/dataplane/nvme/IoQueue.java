package io.orlop.dataplane.nvme;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.dataplane.nvme.ProtocolException.Reason;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The commands of one I/O connection, each executed in a thread of its own, so that a device which waits for a disk
/// has many to wait for.
///
/// ```
///   read             device.read ─▶ data and answer
///   small write      (data came along) device.write ─▶ answer
///   large write      ready to transfer ─▶ … data … ─▶ device.write ─▶ answer
/// ```
///
/// A host has no more commands under way than its queue has entries, or the connection ends. Reads and large writes
/// share an amount of memory and wait for it, in threads that cost nothing.
final class IoQueue {
    private static final System.Logger LOG = System.getLogger(IoQueue.class.getName());
    private static final int ROOM_UNIT = 4096;

    /// A large write whose data is on its way.
    private record Transfer(Command command, IoRequest request, ByteBuffer data) {}

    private final Subsystem subsystem;
    private final BlockDevice device;
    private final TargetQueue queue;
    private final PduWriter writer;
    private final BufferPool pool;
    private final Ambient ambient;
    private final Semaphore room = new Semaphore(Limits.CONNECTION_BYTES / ROOM_UNIT);
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger tags = new AtomicInteger();
    private final ConcurrentHashMap<Integer, Transfer> transfers = new ConcurrentHashMap<>();
    private final Signal idle;
    private volatile boolean ended;

    IoQueue(Subsystem subsystem, TargetQueue queue, PduWriter writer, BufferPool pool, Ambient ambient) {
        this.subsystem = subsystem;
        this.device = subsystem.device();
        this.queue = queue;
        this.writer = writer;
        this.pool = pool;
        this.ambient = ambient;
        this.idle = ambient.signal();
    }

    void command(Command command, PduReader reader) throws IOException {
        if (underWay.incrementAndGet() > queue.size()) {
            underWay.decrementAndGet();
            throw new ProtocolException(Reason.SEQUENCE_ERROR, 0, "more commands than the queue has entries");
        }
        Status path = subsystem.ana().ioStatus();
        IoRequest request = path == Status.SUCCESS ? IoRequest.of(command, device) : new IoRequest.Refused(path);
        if (request instanceof IoRequest.Refused(Status status)) answer(command, status);
        else if (!request.bringsData()) start(() -> execute(command, request, null));
        else if (command.sgl().type() == Sgl.IN_CAPSULE) takeFromCapsule(command, request, reader);
        else if (command.sgl().type() == Sgl.TRANSPORT) askForData(command, request);
        else answer(command, Status.SGL_TYPE_INVALID);
    }

    private void takeFromCapsule(Command command, IoRequest request, PduReader reader) throws IOException {
        if (command.sgl().address() != 0) {
            answer(command, Status.SGL_OFFSET_INVALID);
            return;
        }
        if (reader.dataLength() != command.sgl().length()) {
            answer(command, Status.SGL_LENGTH_INVALID);
            return;
        }
        ByteBuffer data = pool.take(command.sgl().length());
        boolean intact = reader.readData(data);
        data.flip();
        if (intact) start(() -> execute(command, request, data));
        else {
            pool.give(data);
            answer(command, Status.TRANSPORT_ERROR);
        }
    }

    private void askForData(Command command, IoRequest request) {
        int units = units(command);
        if (room.tryAcquire(units)) readyForData(command, request);
        else
            start(() -> {
                room.acquireUninterruptibly(units);
                readyForData(command, request);
            });
    }

    private void readyForData(Command command, IoRequest request) {
        int length = command.sgl().length();
        int tag = tags.getAndIncrement() & 0xFFFF;
        transfers.put(tag, new Transfer(command, request, pool.take(length)));
        if (ended) dropTransfer(tag);
        else writer.send(new Pdu.ReadyToTransfer(command.id(), tag, 0, length));
    }

    void data(Pdu.Data pdu, PduReader reader) throws IOException {
        Transfer transfer = transfers.get(pdu.tag());
        if (transfer == null || transfer.command.id() != pdu.command()) {
            throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 10, "data that nobody asked for");
        }
        if (pdu.offset() != transfer.data.position() || pdu.length() != reader.dataLength()) {
            throw new ProtocolException(Reason.DATA_OUT_OF_RANGE, 12, "data for another place than the next");
        }
        if (pdu.length() > transfer.data.remaining()) {
            throw new ProtocolException(Reason.DATA_LIMIT_EXCEEDED, 16, "more data than was asked for");
        }
        boolean intact = reader.readData(transfer.data);
        if (transfer.data.hasRemaining() && intact) return;
        transfers.remove(pdu.tag());
        Command command = transfer.command;
        if (intact) start(() -> execute(command, transfer.request, transfer.data.flip()));
        else {
            release(command, transfer.data);
            answer(command, Status.TRANSPORT_ERROR);
        }
    }

    private void execute(Command command, IoRequest request, @Nullable ByteBuffer data) {
        try {
            switch (request) {
                case IoRequest.Read(long offset, int length) -> {
                    read(command, offset, length);
                    return;
                }
                case IoRequest.Write write -> {
                    device.write(write.offset(), present(data));
                    if (write.durable() && !device.writeThrough()) device.flush();
                }
                case IoRequest.Flush _ -> device.flush();
                case IoRequest.WriteZeroes(long offset, long length) -> device.writeZeroes(offset, length);
                case IoRequest.Deallocate(int ranges) -> {
                    Status status = deallocate(ranges, present(data));
                    release(command, data);
                    answer(command, status);
                    return;
                }
                case IoRequest.Nothing _, IoRequest.Refused _ -> {}
            }
            release(command, data);
            answer(command, Status.SUCCESS);
        } catch (IOException | RuntimeException e) {
            release(command, data);
            answer(command, failure(request, e));
        }
    }

    private void read(Command command, long offset, int length) throws IOException {
        int units = units(command);
        room.acquireUninterruptibly(units);
        ByteBuffer data = pool.take(length);
        try {
            device.read(offset, data);
        } catch (IOException | RuntimeException e) {
            pool.give(data);
            room.release(units);
            throw e;
        }
        data.flip();
        Runnable sent = () -> {
            pool.give(data);
            room.release(units);
        };
        // Without flow control the host needs no answer beside the data.
        int flags = Pdu.LAST | (queue.flowControl() ? 0 : Pdu.SUCCESS);
        writer.add(Pdu.Data.toHost(command.id(), length, flags), data, sent);
        if (queue.flowControl()) answer(command, Status.SUCCESS);
        else {
            finished();
            writer.flush();
        }
    }

    private Status deallocate(int ranges, ByteBuffer data) throws IOException {
        ByteBuffer list = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ranges; i++) {
            long count = list.getInt(16 * i + 4) & 0xFFFF_FFFFL;
            long first = list.getLong(16 * i + 8);
            if (first < 0 || first > device.blocks() - count) return Status.LBA_OUT_OF_RANGE;
            if (count > 0) device.unmap(first * device.blockSize(), count * device.blockSize());
        }
        return Status.SUCCESS;
    }

    private static Status failure(IoRequest request, Exception e) {
        LOG.log(System.Logger.Level.WARNING, "%s failed: %s".formatted(request, e));
        return switch (e) {
            case NoSpaceException _ -> Status.CAPACITY_EXCEEDED;
            case IOException _ when request instanceof IoRequest.Read -> Status.UNRECOVERED_READ;
            case IOException _ when request instanceof IoRequest.Write -> Status.WRITE_FAULT;
            default -> Status.INTERNAL_ERROR;
        };
    }

    private void answer(Command command, Status status) {
        finished();
        writer.send(queue.answer(command, status, 0));
    }

    private void start(Runnable work) {
        ambient.threads().newThread(work).start();
    }

    private void release(Command command, @Nullable ByteBuffer data) {
        if (data == null) return;
        pool.give(data);
        if (command.sgl().type() == Sgl.TRANSPORT) room.release(units(command));
    }

    private void dropTransfer(int tag) {
        Transfer transfer = transfers.remove(tag);
        if (transfer == null) return;
        release(transfer.command, transfer.data);
        finished();
    }

    private void finished() {
        if (underWay.decrementAndGet() == 0 && ended) idle.raise();
    }

    /// No more commands come; data still expected will not.
    void end() {
        ended = true;
        for (int tag : transfers.keySet()) dropTransfer(tag);
    }

    /// Waits until the device is left alone by what was under way.
    ///
    /// @return whether it is
    boolean awaitIdle(Duration atMost) throws InterruptedException {
        while (underWay.get() > 0) if (!idle.await(atMost)) return underWay.get() == 0;
        return true;
    }

    private static int units(Command command) {
        return (command.sgl().length() + ROOM_UNIT - 1) / ROOM_UNIT;
    }

    private static ByteBuffer present(@Nullable ByteBuffer data) {
        if (data == null) throw new IllegalStateException("a command that brings data came without");
        return data;
    }
}
