package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.network.Line;
import io.orlop.dataplane.nvme.namespace.NvmCommands;
import io.orlop.dataplane.nvme.wire.AsyncEvent;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Completion;
import io.orlop.dataplane.nvme.wire.Digests;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Framing;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.dataplane.nvme.wire.Pdu;
import io.orlop.dataplane.nvme.wire.PduReader;
import io.orlop.dataplane.nvme.wire.PduType;
import io.orlop.dataplane.nvme.wire.PduWriter;
import io.orlop.dataplane.nvme.wire.ProtocolException.Reason;
import io.orlop.dataplane.nvme.wire.ProtocolException;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One TCP connection to a target, from its first word to its last, in one thread:
///
/// ```
///   initialize ─▶ Connect ─▶ the commands of an admin queue │ of an I/O queue
/// ```
///
/// Whatever a host sends, the worst it can do is lose its connection.
final class TargetConnection {
    private static final System.Logger LOG = System.getLogger(TargetConnection.class.getName());

    private final NvmeTarget target;
    private final Line channel;
    private final InetSocketAddress localAddress;
    private final InetAddress from;
    private final PduReader reader;
    private final PduWriter writer;
    private final Memory.Share memory;
    private final Unsent unsent;
    private final ReaderWait readerWait;
    private final Ambient ambient;
    private volatile boolean initialized;
    private volatile @Nullable TargetQueue queue;
    private volatile @Nullable IoQueue io;
    private @Nullable AdminCommands admin;

    TargetConnection(NvmeTarget target, Line channel, Memory.Share memory, Ambient ambient) throws IOException {
        this.target = target;
        this.memory = memory;
        this.channel = channel;
        this.localAddress = channel.here();
        this.from = channel.there().getAddress();
        this.ambient = ambient;
        this.reader = new PduReader(channel, Limits.ADMIN_IN_CAPSULE_BYTES, memory);
        this.writer = new PduWriter(channel);
        this.unsent = new Unsent(0, ambient.signal());
        this.readerWait = new ReaderWait(ambient.signal());
    }

    void run() {
        try {
            if (reader.next() instanceof Pdu first) {
                initialize(first);
                while (reader.next() instanceof Pdu pdu) if (!take(pdu)) break;
            }
        } catch (ProtocolException e) {
            LOG.log(System.Logger.Level.INFO, "%s broke the protocol: %s".formatted(this, e.getMessage()));
            writer.send(e.terminate(PduType.CONTROLLER_TERMINATES), reader.header(), null);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "%s ended: %s".formatted(this, e));
        } catch (OutOfMemoryError e) {
            starved(e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "%s failed".formatted(this), e);
        } finally {
            end();
        }
    }

    private void end() {
        close();
        boolean broken = io != null && io.end();
        if (queue != null) queue.controller().detach(queue.id(), this, broken);
        reader.close();
        memory.close();
        target.ended(this);
    }

    /// The process has less memory than it thought. The host will come back, and others go on.
    private void starved(OutOfMemoryError e) {
        target.starved(e);
        close();
    }

    private void initialize(Pdu first) throws ProtocolException {
        if (!(first instanceof Pdu.InitializeRequest request)) {
            throw new ProtocolException(Reason.SEQUENCE_ERROR, 0, "the first PDU does not initialize");
        }
        Framing framing = request.framing();
        Digests digests = framing.digests();
        writer.send(new Pdu.InitializeResponse(0, 0, digests, Limits.TRANSFER_BYTES));
        writer.agree(framing);
        reader.agree(digests, Limits.TRANSFER_BYTES);
        initialized = true;
    }

    /// @return whether the connection goes on
    private boolean take(Pdu pdu) throws IOException {
        switch (pdu) {
            case Pdu.CommandCapsule(Command command) -> command(command);
            case Pdu.Data data when data.type() == PduType.HOST_DATA && io != null -> io.data(data, reader);
            case Pdu.Terminate end
            when end.type() == PduType.HOST_TERMINATES -> {
                return false;
            }
            case Pdu.Data _,
                    Pdu.Terminate _,
                    Pdu.InitializeRequest _,
                    Pdu.InitializeResponse _,
                    Pdu.ResponseCapsule _,
                    Pdu.ReadyToTransfer _ ->
                throw new ProtocolException(Reason.SEQUENCE_ERROR, 0, pdu.type() + " is out of place");
        }
        return true;
    }

    private void command(Command command) throws IOException {
        TargetQueue live = queue;
        if (reader.dataLength()
                > (live != null && live.id() > 0 ? Limits.IN_CAPSULE_BYTES : Limits.ADMIN_IN_CAPSULE_BYTES)) {
            throw new ProtocolException(Reason.DATA_LIMIT_EXCEEDED, 4, "a capsule is too large");
        }
        if (live == null) {
            connect(command);
            return;
        }
        live.controller().heard();
        if (io != null
                && command.opcode() != Fabrics.OPCODE
                && live.controller().registers().ready()) {
            io.command(command, reader);
            return;
        }
        if (io == null) admin(live, command);
        else if (command.opcode() == Fabrics.OPCODE) answerAndWait(live.answer(command, Status.INVALID_OPCODE, 0));
        else answerAndWait(live.answer(command, Status.SEQUENCE_ERROR, 0));
    }

    private void answer(Pdu.ResponseCapsule response) {
        writer.send(response, null, unsent.enter());
    }

    /// Here one answer at a time waits to be sent.
    private void answerAndWait(Pdu.ResponseCapsule response) throws IOException {
        answer(response);
        unsent.awaitRoom();
    }

    private void admin(TargetQueue live, Command command) throws IOException {
        AdminCommands commands = admin;
        if (commands == null) throw new IllegalStateException("an admin queue without commands");
        if (command.fused() || !command.usesSgl()) {
            answerAndWait(live.answer(command, Status.INVALID_FIELD, 0));
            return;
        }
        // A page is charged before it is made.
        int room = command.fetchesData() ? Math.clamp(command.sgl().length(), 0, Limits.TRANSFER_BYTES) : 0;
        Lot lot = readerWait.until(memory.askedFor(room));
        try {
            answer(live, command, commands.execute(command));
            unsent.awaitRoom();
        } finally {
            lot.giveBack();
        }
    }

    private void answer(TargetQueue live, Command command, Answer answer) {
        switch (answer) {
            case Answer.Done(long result) -> answer(live.answer(command, Status.SUCCESS, result));
            case Answer.Refused(Status status, long result) -> answer(live.answer(command, status, result));
            case Answer.Data(ByteBuffer bytes) -> {
                ByteBuffer page = bytes.rewind();
                writer.add(Pdu.Data.toHost(command.id(), page.remaining(), Pdu.LAST), page, unsent.enter());
                answer(live.answer(command, Status.SUCCESS, 0));
            }
            case Answer.Parked _ -> {}
        }
    }

    /// The first command makes this connection a queue of a controller.
    private void connect(Command command) throws IOException {
        if (command.opcode() != Fabrics.OPCODE || (command.namespace() & 0xFF) != Fabrics.CONNECT) {
            refuse(command, Status.SEQUENCE_ERROR, 0);
            return;
        }
        if (command.fused() || !command.usesSgl()) {
            refuse(command, Status.INVALID_FIELD, 0);
            return;
        }
        if (command.sgl().type() != Sgl.IN_CAPSULE
                || command.sgl().address() != 0
                || command.sgl().length() != Fabrics.ConnectData.BYTES
                || reader.dataLength() != Fabrics.ConnectData.BYTES) {
            refuse(command, Status.SGL_LENGTH_INVALID, 0);
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(Fabrics.ConnectData.BYTES);
        if (!reader.readData(bytes)) {
            refuse(command, Status.TRANSPORT_ERROR, 0);
            return;
        }
        Fabrics.Connect connect = Fabrics.Connect.of(command);
        switch (target.admit(connect, Fabrics.ConnectData.at(bytes.flip()), this)) {
            case Admission.Refused(Status status, int result) -> refuse(command, status, result);
            case Admission.Admitted(Controller controller) -> admitted(command, connect, controller);
        }
    }

    private void admitted(Command command, Fabrics.Connect connect, Controller controller) {
        TargetQueue live = new TargetQueue(controller, connect.queue(), connect.size() + 1, connect.flowControl());
        if (connect.queue() == 0) admin = new AdminCommands(controller);
        else if (controller.export() instanceof Subsystem subsystem
                && controller.commands() instanceof NvmCommands commands) {
            memory.serveBlocks();
            io = new IoQueue(commands, live, writer, memory, subsystem.users(), this::starved, ambient);
        }
        queue = live;
        target.connected(this);
        writer.send(live.answer(command, Status.SUCCESS, controller.id()));
    }

    private void refuse(Command command, Status status, long result) throws IOException {
        answerAndWait(new Pdu.ResponseCapsule(new Completion(result, 0, 0, command.id(), status.field())));
    }

    /// Whoever has news must not wait for a host that does not read.
    void tell(int request, AsyncEvent event) {
        TargetQueue live = queue;
        if (live == null) return;
        writer.add(live.answer(request, Status.SUCCESS, event.result()), null, null);
        ambient.start("nvme-event", writer::flush);
    }

    /// Whether the host has said its first word.
    boolean initialized() {
        return initialized;
    }

    /// Where the host came from.
    InetAddress from() {
        return from;
    }

    InetSocketAddress localAddress() {
        return localAddress;
    }

    /// Lets go of the host; whoever waits here, for it or for memory, goes on.
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "%s did not close: %s".formatted(this, e));
        }
        memory.drop();
    }

    /// Whether its host holds up memory and does nothing about it.
    boolean holdsUp() {
        IoQueue live = io;
        return live != null && live.holdsUp();
    }

    @Override
    public String toString() {
        TargetQueue live = queue;
        return live == null
                ? "NVMe connection " + channel
                : "queue %d of %s on %s"
                        .formatted(
                                live.id(),
                                live.controller().host().nqn(),
                                live.controller().export().nqn());
    }
}
