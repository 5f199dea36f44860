package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Completion;
import io.orlop.dataplane.nvme.wire.Digests;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Framing;
import io.orlop.dataplane.nvme.wire.PduType;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever two ends can agree on is kept to, or refused with the standard's answer.
@Timeout(60)
class NegotiationTest {
    private static final int TERMINATED = 0x03;

    /// PFV, HPDA, DGST, MAXR2T as they are sent; the answer's type, and why and where if it is the last word.
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0, 1, 0, 0",
        "0, 31, 0, 0, 1, 0, 0",
        "0, 7, 3, 0, 1, 0, 0",
        "0, 0, 0, 15, 1, 0, 0",
        "0, 0, 0, -1, 1, 0, 0",
        "1, 0, 0, 0, 3, 6, 8",
        "0, 32, 0, 0, 3, 1, 10",
        "0, 255, 0, 0, 3, 1, 10",
        "0, 0, 4, 0, 3, 1, 11",
        "0, 0, 255, 0, 3, 1, 11",
    })
    void initialize(int format, int alignment, int digests, int transfers, int answer, int reason, int at)
            throws Exception {
        try (Rig rig = new Rig(new MemoryDevice(512, 1000));
                RawHost host = new RawHost(rig.target.address())) {
            host.sendBytes(initializeRequest(format, alignment, digests, transfers));
            ByteBuffer header = read(host, 16);
            assertThat(header.get(0)).isEqualTo((byte) answer);
            if (answer == TERMINATED) {
                assertThat(header.getShort(8)).isEqualTo((short) reason);
                assertThat(header.getInt(10)).isEqualTo(at);
            } else {
                assertThat(header.get(11)).as("digests").isEqualTo((byte) digests);
            }
        }
    }

    /// Data begins where the host asked for it, and what lies before is zeroes.
    @ParameterizedTest
    @CsvSource({"0, 0, 24", "0, 3, 28", "1, 0, 24", "3, 0, 32", "7, 0, 32", "7, 1, 32", "15, 2, 64", "31, 3, 128"})
    void dataComesAlignedAsAskedFor(int alignment, int digests, int expected) throws Exception {
        try (Rig rig = new Rig(new MemoryDevice(512, 1000));
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = new RawHost(rig.target.address())) {
            Digests agreed = new Digests((digests & 1) != 0, (digests & 2) != 0);
            io.sendBytes(initializeRequest(0, alignment, digests, 0));
            io.reader.next();
            io.reader.agree(agreed, 1 << 20);
            io.writer.agree(new Framing(agreed, 0));
            assertThat(io.connect(1, admin.controller, Rig.HOST, 0, true).succeeded())
                    .isTrue();
            Command write = Command.of(0x01, 1, Sgl.inCapsule(512), 0, 0, 0);
            byte[] content = new byte[512];
            java.util.Arrays.fill(content, (byte) 0x5A);
            assertThat(io.ask(write, ByteBuffer.wrap(content)).succeeded()).isTrue();

            io.send(Command.of(0x02, 1, Sgl.transport(512), 0, 0, 0), null);
            ByteBuffer pdu = read(io, expected + 512 + agreed.dataBytes());
            assertThat(pdu.get(0)).isEqualTo((byte) PduType.CONTROLLER_DATA.code());
            assertThat(pdu.get(3)).as("data offset").isEqualTo((byte) expected);
            assertThat(pdu.getInt(4)).as("whole length").isEqualTo(pdu.limit());
            for (int i = 24 + agreed.headerBytes(); i < expected; i++)
                assertThat(pdu.get(i)).isZero();
            assertThat(pdu.slice(expected, 512)).isEqualTo(ByteBuffer.wrap(content));
        }
    }

    /// Each parameter of Connect in turn; the status, and where the wrong parameter is.
    @ParameterizedTest
    @CsvSource({
        // record format, queue, size, attributes, keep-alive, controller, host id, host name, status, result
        "0, 0,    31, 0x00, 0,     65535, 1, host, SUCCESS,         0",
        "0, 0,    31, 0x00, 15000, 65535, 1, host, SUCCESS,         0",
        "0, 0,    31, 0x04, 0,     65535, 1, host, SUCCESS,         0",
        // A priority is for an arbitration that we do not offer; who could delete single queues need not.
        "0, 0,    31, 0x03, 0,     65535, 1, host, SUCCESS,         0",
        "0, 0,    31, 0x08, 0,     65535, 1, host, SUCCESS,         0",
        "1, 0,    31, 0x00, 0,     65535, 1, host, CONNECT_FORMAT,  0",
        "0, 0,     0, 0x00, 0,     65535, 1, host, CONNECT_INVALID, 44",
        "0, 0,   128, 0x00, 0,     65535, 1, host, CONNECT_INVALID, 44",
        "0, 0, 65535, 0x00, 0,     65535, 1, host, CONNECT_INVALID, 44",
        "0, 0,    31, 0x10, 0,     65535, 1, host, CONNECT_INVALID, 46",
        "0, 0,    31, 0x80, 0,     65535, 1, host, CONNECT_INVALID, 46",
        "0, 0,    31, 0x00, 0,         1, 1, host, CONNECT_INVALID, 65552",
        "0, 0,    31, 0x00, 0,     65534, 1, host, CONNECT_INVALID, 65552",
        "0, 0,    31, 0x00, 0,     65535, 0, host, CONNECT_INVALID, 65536",
        "0, 0,    31, 0x00, 0,     65535, 1, '',   CONNECT_INVALID, 66048",
        "0, 33,   31, 0x00, 0,         1, 1, host, CONNECT_INVALID, 42",
        "0, 1,    31, 0x00, 0,       999, 1, host, CONNECT_INVALID, 65552",
    })
    void connect(
            int format,
            int queue,
            int size,
            String attributes,
            int keepAliveMs,
            int controller,
            int hostId,
            String hostName,
            Status status,
            long result)
            throws Exception {
        try (Rig rig = new Rig(new MemoryDevice(512, 1000));
                RawHost host = RawHost.initialized(rig)) {
            ByteBuffer data = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
            data.put(15, (byte) hostId).putShort(16, (short) controller);
            data.put(256, Rig.NQN.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            data.put(512, hostName.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            Command command = Command.of(
                    Fabrics.OPCODE,
                    Fabrics.CONNECT,
                    Sgl.inCapsule(1024),
                    format | queue << 16,
                    size | Integer.decode(attributes) << 16,
                    keepAliveMs);
            Completion completion = host.ask(command, data);
            assertThat(Status.of(completion.statusField())).isEqualTo(status);
            if (status != Status.SUCCESS) assertThat(completion.result()).isEqualTo(result);
        }
    }

    @Test
    void aQueueIsConnectedOnce() throws Exception {
        try (Rig rig = new Rig(new MemoryDevice(512, 1000));
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1);
                RawHost again = RawHost.initialized(rig)) {
            assertThat(Status.of(again.connect(1, admin.controller, Rig.HOST, 0, true)
                            .statusField()))
                    .isEqualTo(Status.SEQUENCE_ERROR);
            assertThat(Status.of(
                            io.connect(1, admin.controller, Rig.HOST, 0, true).statusField()))
                    .isEqualTo(Status.INVALID_OPCODE);
        }
    }

    private static byte[] initializeRequest(int format, int alignment, int digests, int transfers) {
        ByteBuffer bytes = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(2, (byte) 128).putInt(4, 128);
        bytes.putShort(8, (short) format).put(10, (byte) alignment).put(11, (byte) digests);
        bytes.putInt(12, transfers);
        return bytes.array();
    }

    private static ByteBuffer read(RawHost host, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (host.channel.read(bytes) < 0) throw new IOException("ended after " + bytes.position());
        }
        return Objects.requireNonNull(bytes.flip());
    }
}
