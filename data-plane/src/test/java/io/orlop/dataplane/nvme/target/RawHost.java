package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.BufferPool;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Completion;
import io.orlop.dataplane.nvme.wire.Digests;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.Pdu;
import io.orlop.dataplane.nvme.wire.PduReader;
import io.orlop.dataplane.nvme.wire.PduWriter;
import io.orlop.dataplane.nvme.wire.Property;
import io.orlop.dataplane.nvme.wire.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// A host that sends exactly what a test tells it to.
final class RawHost implements AutoCloseable {
    final SocketChannel channel;
    final PduReader reader;
    final PduWriter writer;
    private int nextId;

    RawHost(InetSocketAddress address) throws IOException {
        channel = SocketChannel.open(address);
        reader = new PduReader(channel, 1 << 20, new BufferPool());
        writer = new PduWriter(channel);
    }

    /// One that is past the first word.
    static RawHost initialized(Rig rig) throws IOException {
        RawHost host = new RawHost(rig.target.address());
        host.writer.send(new Pdu.InitializeRequest(0, 0, Digests.NONE, 0));
        if (!(host.reader.next() instanceof Pdu.InitializeResponse)) throw new IOException("not initialized");
        return host;
    }

    /// One with an enabled controller.
    static RawHost admin(Rig rig, Host name, int keepAliveMs) throws IOException {
        RawHost host = initialized(rig);
        Completion connected = host.connect(0, 0xFFFF, name, keepAliveMs, true);
        if (!connected.succeeded()) throw new IOException(Status.describe(connected.statusField()));
        host.controller = (int) connected.result();
        host.ask(Fabrics.propertySet(Property.CONFIGURATION, 0x460061));
        return host;
    }

    /// One with an I/O queue of the other's controller.
    static RawHost io(Rig rig, RawHost admin, Host name, int queue) throws IOException {
        RawHost host = initialized(rig);
        Completion connected = host.connect(queue, admin.controller, name, 0, true);
        if (!connected.succeeded()) throw new IOException(Status.describe(connected.statusField()));
        return host;
    }

    int controller;

    Completion connect(int queue, int controllerId, Host name, int keepAliveMs, boolean flowControl)
            throws IOException {
        ByteBuffer data = new Fabrics.ConnectData(name.id(), controllerId, Rig.NQN, name.nqn()).bytes();
        return ask(new Fabrics.Connect(0, queue, 31, flowControl, keepAliveMs).command(), data);
    }

    int send(Command command, @Nullable ByteBuffer data) {
        int id = nextId++ * 4097 & 0xFFFF;
        writer.send(new Pdu.CommandCapsule(command.withId(id)), data, null);
        return id;
    }

    Completion ask(Command command) throws IOException {
        return ask(command, null);
    }

    Completion ask(Command command, @Nullable ByteBuffer data) throws IOException {
        int id = send(command, data);
        while (reader.next() instanceof Pdu pdu) {
            if (pdu instanceof Pdu.Data) {
                answered = ByteBuffer.allocate(reader.dataLength()).order(ByteOrder.LITTLE_ENDIAN);
                reader.readData(answered);
            }
            if (pdu instanceof Pdu.ResponseCapsule(Completion completion) && completion.id() == id) return completion;
            if (pdu instanceof Pdu.Terminate end) throw new IOException(end.toString());
        }
        throw new IOException("the target closed the connection");
    }

    /// The data that came with the last answer.
    ByteBuffer answered = ByteBuffer.allocate(0);

    void sendBytes(byte[] bytes) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining()) channel.write(all);
    }

    /// Reads until the target closes the connection.
    ///
    /// @return its last word, if it had one and it arrived: a target that closes on what it has not read resets
    @Nullable
    Pdu awaitEnd() {
        Pdu last = null;
        try {
            while (reader.next() instanceof Pdu pdu) last = pdu;
        } catch (IOException e) {
            return last;
        }
        return last;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
