package io.orlop.dataplane.nvme;

import io.orlop.dataplane.nvme.ProtocolException.Reason;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
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
    private final SocketChannel channel;
    private final InetSocketAddress localAddress;
    private final InetAddress from;
    private final PduReader reader;
    private final PduWriter writer;
    private final Ambient ambient;
    private volatile boolean initialized;
    private volatile @Nullable TargetQueue queue;
    private volatile @Nullable IoQueue io;
    private @Nullable AdminCommands admin;

    TargetConnection(NvmeTarget target, SocketChannel channel, Ambient ambient) throws IOException {
        this.target = target;
        this.channel = channel;
        this.localAddress = (InetSocketAddress) channel.getLocalAddress();
        this.from = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
        this.ambient = ambient;
        this.reader = new PduReader(channel, Limits.ADMIN_IN_CAPSULE_BYTES);
        this.writer = new PduWriter(channel);
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
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "%s failed".formatted(this), e);
        } finally {
            close();
            if (io != null) io.end();
            if (queue != null) queue.controller().detach(queue.id(), this);
            target.ended(this);
        }
    }

    private void initialize(Pdu first) throws ProtocolException {
        if (!(first instanceof Pdu.InitializeRequest request)) {
            throw new ProtocolException(Reason.SEQUENCE_ERROR, 0, "the first PDU does not initialize");
        }
        if (request.format() != 0) {
            throw new ProtocolException(Reason.UNSUPPORTED_PARAMETER, 8, "format " + request.format());
        }
        writer.send(new Pdu.InitializeResponse(0, 0, request.digests(), Limits.TRANSFER_BYTES));
        writer.agree(request.digests());
        reader.agree(request.digests(), Limits.TRANSFER_BYTES);
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
        if (io == null) admin(live, command);
        else if (command.opcode() == Fabrics.OPCODE) writer.send(live.answer(command, Status.INVALID_OPCODE, 0));
        else if (!live.controller().registers().ready()) {
            writer.send(live.answer(command, Status.SEQUENCE_ERROR, 0));
        } else io.command(command, reader);
    }

    private void admin(TargetQueue live, Command command) {
        AdminCommands commands = admin;
        if (commands == null) throw new IllegalStateException("an admin queue without commands");
        if (command.fused() || !command.usesSgl()) {
            writer.send(live.answer(command, Status.INVALID_FIELD, 0));
            return;
        }
        switch (commands.execute(command)) {
            case Answer.Done(long result) -> writer.send(live.answer(command, Status.SUCCESS, result));
            case Answer.Refused(Status status, long result) -> writer.send(live.answer(command, status, result));
            case Answer.Page(ByteBuffer bytes) -> {
                ByteBuffer page = bytes.rewind();
                writer.send(Pdu.Data.toHost(command.id(), page.remaining(), Pdu.LAST), page, null);
                writer.send(live.answer(command, Status.SUCCESS, 0));
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
        if (command.sgl().type() != Sgl.IN_CAPSULE
                || command.sgl().address() != 0
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
        else if (controller.export() instanceof Subsystem subsystem) {
            io = new IoQueue(subsystem, live, writer, target.pool(), ambient);
        }
        queue = live;
        target.connected(this);
        writer.send(live.answer(command, Status.SUCCESS, controller.id()));
    }

    private void refuse(Command command, Status status, long result) {
        writer.send(new Pdu.ResponseCapsule(new Completion(result, 0, 0, command.id(), status.field())));
    }

    void tell(int request, AsyncEvents.Event event) {
        TargetQueue live = queue;
        if (live != null) writer.send(live.answer(request, Status.SUCCESS, event.result()));
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

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "%s did not close: %s".formatted(this, e));
        }
    }

    /// Waits until the device is left alone.
    ///
    /// @return whether it is
    boolean awaitIdle(Duration atMost) throws InterruptedException {
        IoQueue live = io;
        return live == null || live.awaitIdle(atMost);
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
