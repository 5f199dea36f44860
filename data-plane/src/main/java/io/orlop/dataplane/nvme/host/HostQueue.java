package io.orlop.dataplane.nvme.host;

import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.dataplane.network.Line;
import io.orlop.dataplane.network.Network;
import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.BufferPool;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Completion;
import io.orlop.dataplane.nvme.wire.Digests;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.dataplane.nvme.wire.Pdu;
import io.orlop.dataplane.nvme.wire.PduReader;
import io.orlop.dataplane.nvme.wire.PduType;
import io.orlop.dataplane.nvme.wire.PduWriter;
import io.orlop.dataplane.nvme.wire.ProtocolException;
import io.orlop.dataplane.nvme.wire.ProtocolException.Reason;
import io.orlop.dataplane.nvme.wire.ReadBuffers;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import io.orlop.model.ambient.Ambient;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A queue pair as an initiator keeps it: one connection on which many threads have commands under way.
///
/// The thread that submits sends its own command, or leaves it to one who is sending. One thread reads: it moves
/// data into the buffers of those who wait and wakes them. It never sends, because a reader that waits to send to a
/// reader that waits to send would wait for ever; data a target asks for is sent by a thread of its own.
final class HostQueue {
    private static final int DATA_MAX = 16 << 20;

    /// All initiators of the process read into these; there are few, and they choose whom they connect to.
    private static final ReadBuffers BUFFERS = new BufferPool();

    /// A place for one command under way; its index is the command's id.
    private static final class Slot {
        final int id;
        final AtomicReference<@Nullable Call> call = new AtomicReference<>();
        Command command = Command.of(0, 0, Sgl.NONE, 0, 0, 0);

        @Nullable
        ByteBuffer data;

        int received;
        long startedNanos;

        Slot(int id) {
            this.id = id;
        }
    }

    private final String name;
    private final Line channel;
    private final PduReader reader;
    private final PduWriter writer;
    private final Ambient ambient;
    private final Digests digests;
    private final Slot[] slots;
    private final ArrayBlockingQueue<Slot> free;
    private final AtomicReference<@Nullable Call> initialized = new AtomicReference<>();
    private final Consumer<IOException> broken;
    private final long createdNanos;
    private int hostDataMax = Limits.TRANSFER_BYTES;
    private volatile int inCapsuleBytes = Limits.ADMIN_IN_CAPSULE_BYTES;
    private volatile @Nullable IOException failure;

    /// @param broken is told, once, when the queue can no longer be used
    HostQueue(
            String name,
            InetSocketAddress address,
            Network network,
            InitiatorOptions options,
            int depth,
            Consumer<IOException> broken,
            Ambient ambient)
            throws IOException {
        this.name = name;
        this.ambient = ambient;
        this.broken = broken;
        this.digests = new Digests(options.headerDigest(), options.dataDigest());
        this.slots = new Slot[depth];
        this.free = new ArrayBlockingQueue<>(depth);
        for (int id = 0; id < depth; id++) {
            slots[id] = new Slot(id);
            free.add(slots[id]);
        }
        try {
            this.channel = network.connect(address, options.connectTimeout());
        } catch (IOException e) {
            throw new IOException("%s cannot be reached: %s".formatted(name, e.getMessage()), e);
        }
        this.reader = new PduReader(channel, DATA_MAX, BUFFERS);
        this.writer = new PduWriter(channel);
        this.createdNanos = ambient.nanos();
    }

    /// Agrees with the target on the protocol's details.
    void initialize() throws IOException {
        Call call = new Call(1);
        initialized.set(call);
        ambient.start(name, this::read);
        writer.send(new Pdu.InitializeRequest(0, 0, digests, 0));
        call.await();
    }

    void inCapsuleBytes(int bytes) {
        inCapsuleBytes = bytes;
    }

    long execute(Command command) throws IOException {
        return execute(command, null);
    }

    long execute(Command command, @Nullable ByteBuffer data) throws IOException {
        Call call = new Call(1);
        submit(command, data, call);
        flush();
        return call.await();
    }

    /// Queues a command to be sent by the next [#flush]; `call` learns of its end, whatever becomes of it. The data
    /// buffer is the queue's until then.
    void submit(Command command, @Nullable ByteBuffer data, Call call) {
        @Nullable Slot slot = free.poll();
        try {
            if (slot == null) {
                // Those who wait for the commands queued so far must not wait for this one.
                flush();
                slot = free.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.failed(new InterruptedIOException(name + ": interrupted before the command was sent"));
            return;
        }
        Sgl sgl = data == null ? Sgl.NONE : sgl(command, data.remaining());
        Command sent = new Command(
                command.opcode(),
                command.flags(),
                slot.id,
                command.namespace(),
                sgl,
                command.dw10(),
                command.dw11(),
                command.dw12(),
                command.dw13(),
                command.dw14(),
                command.dw15());
        slot.command = sent;
        slot.data = data;
        slot.received = 0;
        slot.startedNanos = ambient.nanos();
        slot.call.set(call);
        IOException lost = failure;
        if (lost != null) {
            // The reader's last sweep may have passed this slot already.
            if (slot.call.getAndSet(null) instanceof Call mine) {
                free.add(slot);
                mine.failed(new IOException(lost.getMessage(), lost));
            }
            return;
        }
        boolean along = data != null && sgl.type() == Sgl.IN_CAPSULE;
        writer.add(new Pdu.CommandCapsule(sent), along && data != null ? data.duplicate() : null, null);
    }

    void flush() {
        writer.flush();
    }

    private Sgl sgl(Command command, int length) {
        return command.bringsData() && length <= inCapsuleBytes ? Sgl.inCapsule(length) : Sgl.transport(length);
    }

    private void read() {
        IOException cause;
        try {
            while (reader.next() instanceof Pdu pdu) take(pdu);
            cause = new EOFException("the target closed the connection");
        } catch (ProtocolException e) {
            writer.send(e.terminate(PduType.HOST_TERMINATES), reader.header(), null);
            cause = e;
        } catch (IOException e) {
            cause = e;
        } catch (RuntimeException | OutOfMemoryError e) {
            cause = new IOException(e);
        }
        fail(cause);
        reader.close();
        sweep();
        if (failure instanceof IOException first) broken.accept(first);
    }

    private void take(Pdu pdu) throws IOException {
        switch (pdu) {
            case Pdu.InitializeResponse response -> initialized(response);
            case Pdu.ResponseCapsule(Completion completion) -> complete(slot(completion.id()), completion);
            case Pdu.Data data when data.type() == PduType.CONTROLLER_DATA -> receive(data);
            case Pdu.ReadyToTransfer ready ->
                ambient.threads().newThread(transfer(ready)).start();
            case Pdu.Terminate end ->
                throw new IOException(
                        "the target ended the connection: reason %d at %d".formatted(end.reason(), end.detail()));
            case Pdu.Data _, Pdu.InitializeRequest _, Pdu.CommandCapsule _ ->
                throw new ProtocolException(Reason.SEQUENCE_ERROR, 0, pdu.type() + " is out of place");
        }
    }

    private void initialized(Pdu.InitializeResponse response) throws IOException {
        writer.agree(response.framing(digests));
        // Unsigned: what is larger than we ever send is no limit.
        hostDataMax = Integer.compareUnsigned(response.hostDataMax(), DATA_MAX) < 0 ? response.hostDataMax() : DATA_MAX;
        reader.agree(digests, DATA_MAX);
        if (initialized.getAndSet(null) instanceof Call call) call.succeeded(0);
        else throw new ProtocolException(Reason.SEQUENCE_ERROR, 0, "initialized twice");
    }

    private void receive(Pdu.Data pdu) throws IOException {
        Slot slot = slot(pdu.command());
        ByteBuffer data = slot.data;
        if (data == null || slot.command.bringsData() || pdu.length() != reader.dataLength()) {
            throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 8, "data that nobody waits for");
        }
        if (pdu.offset() != slot.received || pdu.length() > data.remaining() - slot.received) {
            throw new ProtocolException(Reason.DATA_OUT_OF_RANGE, 12, "data beyond what was asked for");
        }
        ByteBuffer place = data.slice(data.position() + pdu.offset(), pdu.length());
        if (!reader.readData(place)) throw new IOException("data arrived damaged");
        slot.received += pdu.length();
        if (pdu.success() && !pdu.last()) {
            throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 1, "success before the last data");
        }
        if (pdu.success()) complete(slot, new Completion(0, 0, 0, slot.id, 0));
    }

    private Runnable transfer(Pdu.ReadyToTransfer ready) throws IOException {
        Slot slot = slot(ready.command());
        ByteBuffer data = slot.data;
        if (data == null
                || !slot.command.bringsData()
                || ready.offset() < 0
                || ready.length() <= 0
                || ready.length() > data.remaining() - ready.offset()) {
            throw new ProtocolException(Reason.DATA_OUT_OF_RANGE, 12, "leave to send what there is not");
        }
        int chunkMax = hostDataMax;
        ByteBuffer part = data.slice(data.position() + ready.offset(), ready.length());
        return () -> {
            for (int sent = 0; sent < part.capacity(); sent += chunkMax) {
                int length = Math.min(chunkMax, part.capacity() - sent);
                int flags = sent + length == part.capacity() ? Pdu.LAST : 0;
                Pdu pdu = new Pdu.Data(
                        PduType.HOST_DATA, ready.command(), ready.tag(), ready.offset() + sent, length, flags);
                writer.send(pdu, part.slice(sent, length), null);
            }
        };
    }

    private Slot slot(int id) throws ProtocolException {
        if (id < slots.length && slots[id].call.get() != null) return slots[id];
        throw new ProtocolException(
                Reason.INVALID_HEADER_FIELD, 8, "an answer to command %d, which is not under way".formatted(id));
    }

    private void complete(Slot slot, Completion completion) throws ProtocolException {
        Call call = slot.call.getAndSet(null);
        if (call == null) throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 8, "a command answered twice");
        ByteBuffer data = slot.data;
        boolean whole = data == null || slot.command.bringsData() || slot.received == data.remaining();
        Command command = slot.command;
        slot.data = null;
        free.add(slot);
        if (!completion.succeeded()) call.failed(failure(command, completion.statusField()));
        else if (!whole) call.failed(new IOException("the target answered with less data than was asked for"));
        else call.succeeded(completion.result());
    }

    private IOException failure(Command command, int statusField) {
        String what = "%s: command 0x%02x".formatted(name, command.opcode());
        return Status.of(statusField) == Status.CAPACITY_EXCEEDED
                ? new NoSpaceException(what + ": no space left")
                : new NvmeException(what, statusField);
    }

    /// Ends the queue: its reader then fails what is under way. Returns at once.
    void fail(IOException cause) {
        if (failure == null) {
            String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            failure = new IOException("%s: %s".formatted(name, reason), cause);
        }
        try {
            channel.close();
        } catch (IOException ignored) {
            // Closed is closed.
        }
    }

    private void sweep() {
        IOException cause = failure == null ? new IOException(name + " ended") : failure;
        if (initialized.getAndSet(null) instanceof Call call) call.failed(cause);
        for (Slot slot : slots) {
            if (slot.call.getAndSet(null) instanceof Call call) {
                slot.data = null;
                free.add(slot);
                call.failed(new IOException(cause.getMessage(), cause));
            }
        }
    }

    /// Ends the queue if a command has been under way for longer than this. An event request may wait for ever.
    void expire(Duration atMost) {
        long now = ambient.nanos();
        if (initialized.get() != null && now - createdNanos > atMost.toNanos()) {
            fail(new IOException("the target did not answer within " + atMost));
        }
        for (Slot slot : slots) {
            boolean late = slot.call.get() != null && now - slot.startedNanos > atMost.toNanos();
            if (late && slot.command.opcode() != AdminOpcode.ASYNC_EVENT_REQUEST.code()) {
                fail(new IOException(
                        "command 0x%02x was not answered within %s".formatted(slot.command.opcode(), atMost)));
            }
        }
    }
}
