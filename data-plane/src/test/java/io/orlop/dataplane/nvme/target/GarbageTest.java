package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.host.NvmeInitiator;
import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.BufferPool;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Completion;
import io.orlop.dataplane.nvme.wire.Digests;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Feature;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.IdentifyPages;
import io.orlop.dataplane.nvme.wire.Pdu;
import io.orlop.dataplane.nvme.wire.PduReader;
import io.orlop.dataplane.nvme.wire.PduType;
import io.orlop.dataplane.nvme.wire.PduWriter;
import io.orlop.dataplane.nvme.wire.Recorded;
import io.orlop.dataplane.nvme.wire.Property;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.model.ambient.Ambient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a host says is damaged on the way in every way there is: the target stays up, another host does not notice,
/// and what was taken is given back.
@Timeout(120)
class GarbageTest {
    private static final Host HONEST = new Host("nqn.2019-05.io.openebs:node-name:honest", new UUID(9, 9));
    private static final int BLOCKS = 4096;

    private final Memory memory = new Memory(32 << 20);
    private final MemoryDevice device = new MemoryDevice(512, BLOCKS);
    private final List<SocketChannel> open = new ArrayList<>();
    private NvmeTarget target;
    private NvmeDevice honest;
    private long quiet;

    @BeforeEach
    void serve() throws IOException {
        target = NvmeTarget.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), memory, Ambient.system());
        target.add(SubsystemSpec.of(Rig.NQN, device, Rig.UUID_));
        // The hostile ones reach another device than the honest one, so that it can tell its own writes.
        target.add(SubsystemSpec.of(Rig.NQN + "-honest", new MemoryDevice(512, BLOCKS), Rig.UUID_));
        honest = NvmeInitiator.connect(
                target.address(), Rig.NQN + "-honest", HONEST, Rig.OPTIONS, Ambient.system());
        honestWorks(0);
        quiet = memory.taken();
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel channel : open) channel.close();
        honest.close();
        target.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void aConversationDamagedAnywhere(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            try (SocketChannel admin = SocketChannel.open(target.address());
                    SocketChannel io = SocketChannel.open(target.address())) {
                byte[] first = adminConversation();
                byte[] second = ioConversation(random, controllerOf(admin, first, random));
                say(io, damaged(second, random), random);
            }
            if (round % 10 == 0) honestWorks(seed);
        }
        honestWorks(seed);
        awaitQuiet();
    }

    @Test
    void halfOpenConnections() throws Exception {
        byte[] all = adminConversation();
        for (int length = 0; length < 400; length += 3) {
            SocketChannel half = SocketChannel.open(target.address());
            open.add(half);
            half.write(ByteBuffer.wrap(all, 0, Math.min(length, all.length)));
            if (length % 2 == 0) half.shutdownOutput();
        }
        honestWorks(3);
        for (SocketChannel half : open) half.close();
        awaitQuiet();
    }

    /// Answers that nobody takes: the target reads no further than a queue is long.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFloodOfInvalidCommandsFromAHostThatNeverReads(boolean onAdmin) throws Exception {
        Host host = new Host("nqn.2019-05.io.openebs:node-name:flood", new UUID(7, 7));
        try (RawHost admin = new RawHost(target.address());
                RawHost io = new RawHost(target.address())) {
            for (RawHost one : List.of(admin, io)) {
                one.writer.send(new Pdu.InitializeRequest(0, 0, Digests.NONE, 0));
                one.reader.next();
            }
            admin.controller = (int) admin.connect(0, 0xFFFF, host, 0, true).result();
            admin.ask(Fabrics.propertySet(Property.CONFIGURATION, 0x460061));
            io.connect(1, admin.controller, host, 0, true);
            SocketChannel flooding = onAdmin ? admin.channel : io.channel;
            long taken = floodUntilStuck(flooding, bytes(new Pdu.CommandCapsule(Command.of(0x7E, 1, Sgl.NONE, 0, 0, 0)), null));
            assertThat(taken).isLessThan(64 << 20);
            honestWorks(4);
        }
        awaitQuiet();
    }

    /// @return how many bytes were taken before nothing moved any more
    private static long floodUntilStuck(SocketChannel channel, byte[] command) throws IOException {
        byte[] many = new byte[command.length * 900];
        for (int i = 0; i < many.length; i++) many[i] = command[i % command.length];
        ByteBuffer flood = ByteBuffer.allocateDirect(many.length).put(many).flip();
        channel.configureBlocking(false);
        long taken = 0;
        int still = 0;
        while (taken < 64 << 20 && still < 500) {
            int written = channel.write(flood);
            taken += written;
            if (!flood.hasRemaining()) flood.rewind();
            still = written > 0 ? 0 : still + 1;
            if (written == 0) LockSupport.parkNanos(1_000_000);
        }
        return taken;
    }

    private void honestWorks(long seed) throws IOException {
        byte[] content = new byte[512 << 10];
        new Random(seed).nextBytes(content);
        honest.write(0, ByteBuffer.wrap(content));
        honest.flush();
        ByteBuffer read = ByteBuffer.allocate(content.length);
        honest.read(0, read);
        assertThat(read.array()).isEqualTo(content);
    }

    private void awaitQuiet() {
        while (memory.taken() > quiet) Thread.onSpinWait();
        assertThat(target.ailment()).isEmpty();
    }

    private byte[] adminConversation() throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        said.writeBytes(bytes(new Pdu.InitializeRequest(0, 0, Digests.NONE, 0), null));
        ByteBuffer data = new Fabrics.ConnectData(new UUID(1, 2), 0xFFFF, Rig.NQN, "nqn.garbage").bytes();
        said.writeBytes(bytes(new Pdu.CommandCapsule(new Fabrics.Connect(0, 0, 31, true, 0).command()), data));
        for (Command command : List.of(
                Fabrics.propertyGet(Property.CAPABILITIES),
                Fabrics.propertySet(Property.CONFIGURATION, 0x460061),
                Command.admin(AdminOpcode.IDENTIFY, 0, Sgl.transport(4096), IdentifyPages.CONTROLLER, 0),
                Command.admin(AdminOpcode.SET_FEATURES, 0, Sgl.NONE, Feature.QUEUES, 1 | 1 << 16),
                Command.admin(AdminOpcode.GET_LOG_PAGE, 0, Sgl.transport(4096), 0x05 | 1023 << 16, 0),
                Command.admin(AdminOpcode.ASYNC_EVENT_REQUEST, 0, Sgl.NONE, 0, 0))) {
            said.writeBytes(bytes(new Pdu.CommandCapsule(command), null));
        }
        return said.toByteArray();
    }

    private byte[] ioConversation(Random random, int controller) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        said.writeBytes(bytes(new Pdu.InitializeRequest(0, random.nextInt(32), Digests.NONE, 0), null));
        ByteBuffer data = new Fabrics.ConnectData(new UUID(1, 2), controller, Rig.NQN, "nqn.garbage").bytes();
        said.writeBytes(bytes(new Pdu.CommandCapsule(new Fabrics.Connect(0, 1, 31, true, 0).command()), data));
        for (int id = 0; id < 20; id++) {
            Command command =
                    switch (random.nextInt(6)) {
                        case 0 -> Command.of(0x02, 1, Sgl.transport(64 << 10), id, 0, 127);
                        case 1 -> Command.of(0x01, 1, Sgl.transport(64 << 10), id, 0, 127);
                        case 2 -> Command.of(0x00, 1, Sgl.NONE, 0, 0, 0);
                        case 3 -> Command.of(0x08, 1, Sgl.NONE, id, 0, 7);
                        default -> Command.of(0x01, 1, Sgl.inCapsule(512), id, 0, 0);
                    };
            boolean along = command.sgl().type() == Sgl.IN_CAPSULE;
            said.writeBytes(bytes(new Pdu.CommandCapsule(command.withId(id)), along ? ByteBuffer.allocate(512) : null));
            if (command.opcode() == 0x01 && !along) {
                // Data for a tag that may have been given by then.
                Pdu all = new Pdu.Data(PduType.HOST_DATA, id, random.nextInt(4), 0, 64 << 10, Pdu.LAST);
                said.writeBytes(bytes(all, ByteBuffer.allocate(64 << 10)));
            }
        }
        return said.toByteArray();
    }

    /// Says the first conversation, mostly as it should be.
    ///
    /// @return the controller that it is about, if it got one
    private static int controllerOf(SocketChannel admin, byte[] conversation, Random random) throws IOException {
        boolean hurt = random.nextInt(3) == 0;
        say(admin, hurt ? damaged(conversation, random) : conversation, random);
        if (hurt) return 1;
        PduReader reader = new PduReader(admin, 1 << 20, new BufferPool());
        for (int i = 0; i < 4; i++) {
            if (reader.next() instanceof Pdu.ResponseCapsule(Completion completion) && completion.succeeded()) {
                return (int) completion.result() & 0xFFFF;
            }
        }
        return 1;
    }

    private static byte[] damaged(byte[] said, Random random) {
        byte[] bytes = said.clone();
        for (int wound = random.nextInt(4); wound >= 0; wound--) {
            int at = random.nextInt(4) == 0 ? random.nextInt(Math.min(200, bytes.length)) : random.nextInt(bytes.length);
            int length = Math.min(1 + random.nextInt(64), bytes.length - at);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> System.arraycopy(bytes, at + length, bytes, at, bytes.length - at - length);
                case 3 -> bytes = java.util.Arrays.copyOf(bytes, at + 1);
                default -> {
                    byte[] more = new byte[length];
                    random.nextBytes(more);
                    System.arraycopy(more, 0, bytes, at, length);
                }
            }
        }
        return bytes;
    }

    /// In pieces of any size; a target that has had enough may close meanwhile.
    private static void say(SocketChannel channel, byte[] bytes, Random random) {
        try {
            for (int sent = 0; sent < bytes.length; ) {
                int length = Math.min(bytes.length - sent, 1 + random.nextInt(random.nextBoolean() ? 40 : 100_000));
                ByteBuffer piece = ByteBuffer.wrap(bytes, sent, length);
                while (piece.hasRemaining()) channel.write(piece);
                sent += length;
            }
            if (random.nextInt(3) == 0) channel.shutdownOutput();
        } catch (IOException closed) {
            // It has.
        }
    }

    private static byte[] bytes(Pdu pdu, @Nullable ByteBuffer data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new PduWriter(new Recorded(out)).send(pdu, data, null);
        return out.toByteArray();
    }
}
