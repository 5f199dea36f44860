package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Pdu;
import io.orlop.dataplane.nvme.wire.PduType;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever arrives, only its own connection suffers.
class HostileTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void survivesGarbage(int seed) throws Exception {
        Random random = new Random(seed);
        try (Rig rig = rig();
                NvmeDevice honest = rig.connect()) {
            for (int round = 0; round < 30; round++) {
                try (RawHost host = random.nextBoolean() ? new RawHost(rig.target.address()) : queue(rig, random)) {
                    byte[] garbage = new byte[1 + random.nextInt(4000)];
                    random.nextBytes(garbage);
                    if (random.nextBoolean()) plausible(garbage, random);
                    sendAndListen(host, garbage);
                }
            }
            honest.write(0, ByteBuffer.allocate(4096));
            honest.read(0, ByteBuffer.allocate(4096));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void survivesDamagedCommands(int seed) throws Exception {
        Random random = new Random(seed);
        try (Rig rig = rig();
                NvmeDevice honest = rig.connect()) {
            for (int round = 0; round < 20; round++) {
                try (RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                        RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
                    RawHost victim = random.nextBoolean() ? admin : io;
                    for (int i = 0; i < 20; i++) victim.send(anyCommand(random), anyData(random));
                    victim.channel.shutdownOutput();
                    victim.awaitEnd();
                }
            }
            honest.write(0, ByteBuffer.allocate(4096));
            honest.read(0, ByteBuffer.allocate(4096));
        }
    }

    @Test
    void saysWhatWasWrong() throws Exception {
        try (Rig rig = rig()) {
            assertThat(lastWord(rig, "ff008000" + "80000000" + "00".repeat(120)))
                    .isEqualTo(1);
            assertThat(lastWord(rig, "00008100" + "80000000" + "00".repeat(120)))
                    .isEqualTo(1);
            assertThat(lastWord(rig, "00008000" + "ffffffff" + "00".repeat(120)))
                    .isEqualTo(1);
            assertThat(lastWord(rig, "00008000" + "80000000" + "0100" + "00".repeat(118)))
                    .isEqualTo(6);
            assertThat(lastWord(rig, "05001800" + "18000000" + "00".repeat(16))).isEqualTo(2);
        }
    }

    private static int lastWord(Rig rig, String hex) throws IOException {
        try (RawHost host = new RawHost(rig.target.address())) {
            host.sendBytes(java.util.HexFormat.of().parseHex(hex));
            return host.awaitEnd() instanceof Pdu.Terminate end ? end.reason() : -1;
        }
    }

    @Test
    void refusesBlocksBeyondTheEnd() throws Exception {
        try (Rig rig = rig();
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            assertThat(read(io, 999, 1)).isEqualTo(Status.SUCCESS);
            assertThat(read(io, 999, 2)).isEqualTo(Status.LBA_OUT_OF_RANGE);
            assertThat(read(io, -1, 1)).isEqualTo(Status.LBA_OUT_OF_RANGE);
            assertThat(read(io, Long.MAX_VALUE, 1)).isEqualTo(Status.LBA_OUT_OF_RANGE);
            assertThat(read(io, 0, 257)).isEqualTo(Status.INVALID_FIELD);
            assertThat(status(io, Command.of(0x02, 2, Sgl.transport(512), 0, 0, 0), null))
                    .isEqualTo(Status.INVALID_NAMESPACE);
            assertThat(status(io, Command.of(0x02, 1, Sgl.transport(4096), 0, 0, 0), null))
                    .isEqualTo(Status.SGL_LENGTH_INVALID);
            assertThat(status(io, Command.of(0x0E, 1, Sgl.transport(4096), 0, 0, 0), null))
                    .isEqualTo(Status.INVALID_OPCODE);
            assertThat(status(io, Command.of(0x01, 1, Sgl.inCapsule(1024), 0, 0, 1), ByteBuffer.allocate(512)))
                    .isEqualTo(Status.SGL_LENGTH_INVALID);
        }
    }

    @Test
    void endsAConnectionThatSendsDataNobodyAskedFor() throws Exception {
        try (Rig rig = rig();
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            io.writer.send(new Pdu.Data(PduType.HOST_DATA, 1, 1, 0, 512, Pdu.LAST), ByteBuffer.allocate(512), null);
            io.awaitEnd();
            assertThat(admin.ask(Command.admin(AdminOpcode.KEEP_ALIVE, 0, Sgl.NONE, 0, 0))
                            .succeeded())
                    .isTrue();
        }
    }

    @Test
    void endsAConnectionThatSendsMoreDataThanAskedFor() throws Exception {
        try (Rig rig = rig();
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            int id = io.send(Command.of(0x01, 1, Sgl.transport(8192), 0, 0, 15), null);
            Pdu.ReadyToTransfer ready = (Pdu.ReadyToTransfer) java.util.Objects.requireNonNull(io.reader.next());
            Pdu tooMuch = new Pdu.Data(PduType.HOST_DATA, id, ready.tag(), 0, 8704, Pdu.LAST);
            io.writer.send(tooMuch, ByteBuffer.allocate(8704), null);
            io.awaitEnd();
            assertThat(rig.target.remove(rig.subsystem)).isTrue();
        }
    }

    @Test
    void endsAConnectionThatOverrunsItsQueue() throws Exception {
        try (Rig rig = rig();
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            // Writes that are never given their data, one more than fit.
            for (int i = 0; i < 33; i++) io.send(Command.of(0x01, 1, Sgl.transport(131072), 0, 0, 255), null);
            assertThat(io.awaitEnd()).isInstanceOf(Pdu.Terminate.class);
            assertThat(rig.target.remove(rig.subsystem)).isTrue();
        }
    }

    @Test
    void parksNoMoreEventRequestsThanPromised() throws Exception {
        try (Rig rig = rig();
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0)) {
            Command request = Command.admin(AdminOpcode.ASYNC_EVENT_REQUEST, 0, Sgl.NONE, 0, 0);
            for (int i = 0; i < 4; i++) admin.send(request, null);
            assertThat(status(admin, request, null)).isEqualTo(Status.ASYNC_EVENT_LIMIT);
        }
    }

    private static Status read(RawHost io, long first, int count) throws IOException {
        Sgl sgl = Sgl.transport(count * 512);
        return status(io, Command.of(0x02, 1, sgl, (int) first, (int) (first >>> 32), count - 1), null);
    }

    private static Status status(RawHost host, Command command, @org.jspecify.annotations.Nullable ByteBuffer data)
            throws IOException {
        return java.util.Objects.requireNonNull(
                Status.of(host.ask(command, data).statusField()));
    }

    private static RawHost queue(Rig rig, Random random) throws IOException {
        return random.nextBoolean() ? RawHost.initialized(rig) : RawHost.admin(rig, Rig.HOST, 0);
    }

    private static Command anyCommand(Random random) {
        int[] opcodes = {0x00, 0x01, 0x02, 0x06, 0x08, 0x09, 0x0A, 0x0C, 0x18, 0x7F, random.nextInt(256)};
        Sgl sgl = new Sgl(
                random.nextInt(4) == 0 ? random.nextLong() : 0,
                random.nextInt(4) == 0 ? random.nextInt() : 512 * random.nextInt(10),
                random.nextBoolean() ? Sgl.IN_CAPSULE : random.nextInt(4) == 0 ? random.nextInt(256) : Sgl.TRANSPORT);
        return new Command(
                opcodes[random.nextInt(opcodes.length)],
                random.nextInt(8) == 0 ? random.nextInt(256) : Command.USES_SGL,
                0,
                random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(3),
                sgl,
                random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(1100),
                random.nextInt(8) == 0 ? random.nextInt() : 0,
                random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(16),
                0,
                0,
                0);
    }

    private static @org.jspecify.annotations.Nullable ByteBuffer anyData(Random random) {
        return random.nextBoolean() ? null : ByteBuffer.allocate(512 * (1 + random.nextInt(8)));
    }

    /// Makes the start look like a PDU.
    private static void plausible(byte[] garbage, Random random) {
        if (garbage.length < 8) return;
        PduType type = PduType.values()[random.nextInt(PduType.values().length)];
        ByteBuffer header = ByteBuffer.wrap(garbage).order(ByteOrder.LITTLE_ENDIAN);
        header.put((byte) type.code()).put((byte) random.nextInt(16)).put((byte) type.headerBytes());
        header.put((byte) (random.nextBoolean() ? type.headerBytes() : random.nextInt(256)));
        header.putInt(random.nextBoolean() ? garbage.length : random.nextInt());
    }

    private static void sendAndListen(RawHost host, byte[] garbage) {
        try {
            host.sendBytes(garbage);
            host.channel.shutdownOutput();
        } catch (IOException e) {
            return;
        }
        host.awaitEnd();
    }

    private static Rig rig() throws IOException {
        return new Rig(new MemoryDevice(512, 1000));
    }
}
