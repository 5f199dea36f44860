package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.namespace.IoRequest;
import io.orlop.dataplane.nvme.namespace.NvmCommands;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.Pdu;
import io.orlop.dataplane.nvme.wire.PduReader;
import io.orlop.dataplane.nvme.wire.PduWriter;
import io.orlop.dataplane.nvme.wire.ProtocolException;
import io.orlop.dataplane.nvme.wire.ProtocolException.Reason;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// How the commands of one I/O connection travel: their data, the memory for it, their answers. Each is executed in a
/// thread of its own, so that a device which waits for a disk has many to wait for.
///
/// ```
///   read             memory ─▶ device ─▶ data and answer, sent
///   small write      (data came along) memory ─▶ device ─▶ answer
///   large write      memory ─▶ ready to transfer ─▶ … data … ─▶ device ─▶ answer
/// ```
///
/// A host has no more commands under way than its queue has entries, or the connection ends. Reads and large writes
/// wait for memory in a line and cost nothing there; for the others the connection waits.
final class IoQueue {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// A large write whose data is on its way.
    private record Transfer(Command command, IoRequest request, Lot lot, ByteBuffer data) {}

    private final Controller controller;
    private final NvmCommands commands;
    private final TargetQueue queue;
    private final PduWriter writer;
    private final Memory.Share memory;
    private final DeviceUsers users;
    private final Consumer<OutOfMemoryError> starved;
    private final Ambient ambient;
    private final Unsent unsent;
    private final ReaderWait readerWait;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger withDevice = new AtomicInteger();
    private final AtomicInteger tags = new AtomicInteger();
    private final AtomicInteger dataUnsent = new AtomicInteger();
    private final ConcurrentHashMap<Integer, Transfer> transfers = new ConcurrentHashMap<>();
    private volatile boolean moved;
    private volatile boolean ended;

    /// @param starved is told when the process has no memory left for what is within every limit
    IoQueue(
            NvmCommands commands,
            TargetQueue queue,
            PduWriter writer,
            Memory.Share memory,
            DeviceUsers users,
            Consumer<OutOfMemoryError> starved,
            Ambient ambient) {
        this.controller = queue.controller();
        this.commands = commands;
        this.queue = queue;
        this.writer = writer;
        this.memory = memory;
        this.users = users;
        this.starved = starved;
        this.ambient = ambient;
        this.unsent = new Unsent(queue.size(), ambient.signal());
        this.readerWait = new ReaderWait(ambient.signal());
        users.came(this);
    }

    /// Where the host came from.
    InetAddress from() {
        return controller.from();
    }

    Host host() {
        return controller.host();
    }

    /// Whether its commands may touch the device no more.
    boolean cutOff() {
        return ended || !controller.serving().stands();
    }

    /// How many commands are with the device.
    int withDevice() {
        return withDevice.get();
    }

    void command(Command command, PduReader reader) throws IOException {
        if (underWay.incrementAndGet() > queue.size()) {
            underWay.decrementAndGet();
            throw new ProtocolException(Reason.SEQUENCE_ERROR, 0, "more commands than the queue has entries");
        }
        unsent.awaitRoom();
        IoRequest request = commands.decide(command);
        if (request instanceof IoRequest.Refused(Status status)) answer(command, status.field());
        else if (request instanceof IoRequest.Read(long _, int length)) {
            Lot lot = memory.askedFor(length);
            Runnable work = () -> execute(command, request, lot);
            if (lot.take() || lot.claim(whenGranted(() -> start(work)))) start(work);
        } else if (!request.bringsData()) {
            Lot lot = readerWait.until(memory.arrived(0));
            start(() -> execute(command, request, lot));
        } else if (command.sgl().type() == Sgl.IN_CAPSULE) takeFromCapsule(command, request, reader);
        else if (command.sgl().type() == Sgl.TRANSPORT) askForData(command, request);
        else answer(command, Status.SGL_TYPE_INVALID.field());
    }

    private void takeFromCapsule(Command command, IoRequest request, PduReader reader) throws IOException {
        if (command.sgl().address() != 0) {
            answer(command, Status.SGL_OFFSET_INVALID.field());
            return;
        }
        if (reader.dataLength() != command.sgl().length()) {
            answer(command, Status.SGL_LENGTH_INVALID.field());
            return;
        }
        Lot lot = readerWait.until(memory.arrived(reader.dataLength()));
        boolean intact = false;
        try {
            intact = reader.readData(lot.data());
        } finally {
            if (!intact) lot.giveBack();
        }
        if (intact) {
            lot.data().flip();
            start(() -> execute(command, request, lot));
        } else answer(command, Status.TRANSPORT_ERROR.field());
    }

    private void askForData(Command command, IoRequest request) {
        Lot lot = memory.askedFor(command.sgl().length());
        Runnable ready = () -> readyForData(command, request, lot);
        if (lot.take() || lot.claim(whenGranted(() -> start(ready)))) ready.run();
    }

    private void readyForData(Command command, IoRequest request, Lot lot) {
        moved = true;
        int tag = tags.getAndIncrement() & 0xFFFF;
        try {
            transfers.put(tag, new Transfer(command, request, lot, lot.data()));
        } catch (OutOfMemoryError e) {
            lot.giveBack();
            starved.accept(e);
            return;
        }
        if (ended) dropTransfer(tag);
        else
            writer.send(
                    new Pdu.ReadyToTransfer(command.id(), tag, 0, command.sgl().length()));
    }

    void data(Pdu.Data pdu, PduReader reader) throws IOException {
        Transfer transfer = transfers.get(pdu.tag());
        if (transfer == null || transfer.command.id() != pdu.command()) {
            throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 10, "data that nobody asked for");
        }
        ByteBuffer data = transfer.data;
        if (pdu.offset() != data.position() || pdu.length() != reader.dataLength()) {
            throw new ProtocolException(Reason.DATA_OUT_OF_RANGE, 12, "data for another place than the next");
        }
        if (pdu.length() > data.remaining()) {
            throw new ProtocolException(Reason.DATA_LIMIT_EXCEEDED, 16, "more data than was asked for");
        }
        if (pdu.last() && pdu.length() < data.remaining()) {
            throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 1, "the last data before all of it was there");
        }
        boolean intact = reader.readData(data);
        moved = true;
        if (data.hasRemaining() && intact) return;
        transfers.remove(pdu.tag());
        data.flip();
        if (intact) start(() -> execute(transfer.command, transfer.request, transfer.lot));
        else {
            transfer.lot.giveBack();
            answer(transfer.command, Status.TRANSPORT_ERROR.field());
        }
    }

    /// A command counts as being with the device before it is asked whether it may: then nobody who takes that leave
    /// back and sees none there misses one.
    private void execute(Command command, IoRequest request, Lot lot) {
        boolean mayBeAnswered = false;
        int status = 0;
        withDevice.incrementAndGet();
        try {
            if (cutOff()) return;
            boolean hasData = request.bringsData() || request instanceof IoRequest.Read;
            status = commands.execute(request, hasData ? lot.data() : NOTHING);
            // What failed because the host was cut off did not fail: it must not hear so.
            mayBeAnswered = !cutOff();
        } catch (OutOfMemoryError e) {
            starved.accept(e);
        } finally {
            if (!mayBeAnswered) lot.giveBack();
            leaveDevice();
        }
        if (!mayBeAnswered) return;
        if (request instanceof IoRequest.Read(long _, int length) && status == 0) sendData(command, length, lot);
        else {
            lot.giveBack();
            answer(command, status);
        }
    }

    private void leaveDevice() {
        boolean none = withDevice.decrementAndGet() == 0;
        if (none && ended) users.left(this);
        else if (none && cutOff()) users.idle();
    }

    private void sendData(Command command, int length, Lot lot) {
        ByteBuffer data = lot.data().flip();
        dataUnsent.incrementAndGet();
        Runnable answerSent = unsent.enter();
        Runnable sent = () -> {
            moved = true;
            dataUnsent.decrementAndGet();
            lot.giveBack();
            answerSent.run();
        };
        // Without flow control the host needs no answer beside the data.
        int flags = Pdu.LAST | (queue.flowControl() ? 0 : Pdu.SUCCESS);
        underWay.decrementAndGet();
        writer.add(Pdu.Data.toHost(command.id(), length, flags), data, sent);
        if (queue.flowControl()) writer.add(queue.answer(command.id(), 0, 0), null, unsent.enter());
        writer.flush();
    }

    private void answer(Command command, int statusField) {
        underWay.decrementAndGet();
        writer.send(queue.answer(command.id(), statusField, 0), null, unsent.enter());
    }

    private void start(Runnable work) {
        ambient.threads().newThread(work).start();
    }

    private static Budget.Waiter whenGranted(Runnable then) {
        return new Budget.Waiter() {
            @Override
            public void granted() {
                then.run();
            }

            @Override
            public void dropped() {
                // The connection has ended, and with it the command.
            }
        };
    }

    private void dropTransfer(int tag) {
        Transfer transfer = transfers.remove(tag);
        if (transfer != null) transfer.lot.giveBack();
    }

    /// Whether memory is held that its host could set free by reading or sending, and has done nothing for since this
    /// was asked last.
    boolean holdsUp() {
        boolean still = !moved && (!transfers.isEmpty() || dataUnsent.get() > 0);
        moved = false;
        return still;
    }

    /// No more commands come; data still expected will not.
    ///
    /// @return whether something was under way
    boolean end() {
        ended = true;
        for (int tag : transfers.keySet()) dropTransfer(tag);
        if (withDevice.get() == 0) users.left(this);
        return underWay.get() > 0;
    }
}
