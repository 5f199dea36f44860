package io.orlop.dataplane.nvme.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bytes as a Linux 6.1 host and its own target exchange them; the fields of each are a line of a recorded session.
class PduTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void initializes() throws IOException {
        // ICReq pfv=0 hpda=0 dgst=0 maxr2t=0 hlen=128 plen=128
        String request = "00008000" + "80000000" + "00000000" + "00000000" + "00".repeat(112);
        assertReadsAndWrites(request, new Pdu.InitializeRequest(0, 0, Digests.NONE, 0));
        // ICResp pfv=0 cpda=0 dgst=0 maxh2cdata=4194304 hlen=128 plen=128
        String response = "01008000" + "80000000" + "00000000" + "00004000" + "00".repeat(112);
        assertReadsAndWrites(response, new Pdu.InitializeResponse(0, 0, Digests.NONE, 4194304));
    }

    @Test
    void connects() throws IOException {
        // CapsuleCmd cid=0 psdt=0x40 sgl(type=0x01 len=1024) Fabrics/Connect qid=0 sqsize=31 kato=3000
        String header = "04004848" + "48040000";
        String entry = "7f400000" + "01000000" + "00".repeat(16) + "0000000000000000" + "00040000" + "00000001"
                + "00000000" + "1f000000" + "b80b0000" + "00".repeat(12);
        String hostId = "11111111222233334444555555555555";
        String subsystem = padded("nqn.2019-05.io.openebs:vol1");
        String host = padded("nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555");
        String data = hostId + "ffff" + "00".repeat(238) + subsystem + host + "00".repeat(256);

        PduReader reader = reader(header + entry + data);
        Pdu.CommandCapsule capsule = (Pdu.CommandCapsule) Objects.requireNonNull(reader.next());
        assertThat(Fabrics.Connect.of(capsule.command())).isEqualTo(new Fabrics.Connect(0, 0, 31, true, 3000));
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        assertThat(reader.readData(bytes)).isTrue();
        Fabrics.ConnectData connect = Fabrics.ConnectData.at(bytes.flip());
        assertThat(connect.hostId()).isEqualTo(UUID.fromString("11111111-2222-3333-4444-555555555555"));
        assertThat(connect.controller()).isEqualTo(0xFFFF);
        assertThat(connect.subsystem()).isEqualTo("nqn.2019-05.io.openebs:vol1");
        assertThat(connect.host()).endsWith("uuid:11111111-2222-3333-4444-555555555555");
        assertThat(connect.bytes()).isEqualTo(bytes.rewind());

        Command ours = new Fabrics.Connect(0, 0, 31, true, 3000).command();
        assertThat(written(new Pdu.CommandCapsule(ours), connect.bytes())).isEqualTo(header + entry + data);
    }

    @Test
    void readsAndSetsProperties() throws IOException {
        // CapsuleCmd cid=8193 sgl(type=0x5a len=0) Fabrics/PropertySet attrib=0 offset=0x14 value=0x460061
        String set = "04004800" + "48000000" + "7f400120" + "00000000" + "00".repeat(16) + "0000000000000000"
                + "00000000" + "0000005a" + "00000000" + "14000000" + "61004600" + "00".repeat(12);
        assertReadsAndWrites(
                set,
                new Pdu.CommandCapsule(
                        Fabrics.propertySet(Property.CONFIGURATION, 0x460061).withId(8193)));
        // CapsuleCmd cid=8192 Fabrics/PropertyGet attrib=1 offset=0x0
        String get = "04004800" + "48000000" + "7f400020" + "04000000" + "00".repeat(16) + "0000000000000000"
                + "00000000" + "0000005a" + "01000000" + "00".repeat(20);
        assertReadsAndWrites(
                get,
                new Pdu.CommandCapsule(
                        Fabrics.propertyGet(Property.CAPABILITIES).withId(8192)));
        // CapsuleResp cid=8192 Fabrics/PropertyGet result=0x8200f0003ff sqhd=5 status=0x0
        String response = "05001800" + "18000000" + "ff03000f20080000" + "05000000" + "0020" + "0000";
        assertReadsAndWrites(response, new Pdu.ResponseCapsule(new Completion(0x8200f0003ffL, 5, 0, 8192, 0)));
    }

    @Test
    void readsAndWritesBlocks() throws IOException {
        // CapsuleCmd cid=19 sgl(type=0x5a len=1048576) Write slba=0 nlb=256
        String write = "04004800" + "48000000" + "01401300" + "01000000" + "00".repeat(16) + "0000000000000000"
                + "00001000" + "0000005a" + "0000000000000000" + "ff000000" + "00".repeat(12);
        Command command = Command.of(0x01, 1, Sgl.transport(1 << 20), 0, 0, 255).withId(19);
        assertReadsAndWrites(write, new Pdu.CommandCapsule(command));
        assertThat(command.firstBlock()).isZero();
        assertThat(command.blockCount()).isEqualTo(256);
        // R2T cid=19 ttag=2 off=0 len=1048576
        assertReadsAndWrites(
                "09001800" + "18000000" + "1300" + "0200" + "00000000" + "00001000" + "00000000",
                new Pdu.ReadyToTransfer(19, 2, 0, 1 << 20));
        // H2CData cid=19 ttag=2 off=0 len=1048576 fl=0x4 hlen=24 pdo=24 plen=1048600 (here with less data)
        Pdu data = new Pdu.Data(PduType.HOST_DATA, 19, 2, 0, 4, Pdu.LAST);
        String bytes = "06041818" + "1c000000" + "1300" + "0200" + "00000000" + "04000000" + "00000000" + "01020304";
        assertThat(written(data, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}))).isEqualTo(bytes);
        assertThat(reader(bytes).next()).isEqualTo(data);
    }

    @Test
    void tellsOfEvents() {
        // CapsuleResp cid=31 AER result=0xc0302, and result=0x40002
        assertThat(AsyncEvent.ANA_CHANGED.result()).isEqualTo(0xc0302);
        assertThat(AsyncEvent.NAMESPACE_CHANGED.result()).isEqualTo(0x40002);
        assertThat(AsyncEvent.DISCOVERY_CHANGED.result()).isEqualTo(0x70f002);
    }

    @Test
    void refusesAsLinuxDoes() {
        // ResvReport status sct=0 sc=0x1 dnr=1
        assertThat(Status.INVALID_OPCODE.field()).isEqualTo(0x8002);
        assertThat(Status.of(0x01FE)).isNull();
        for (Status status : Status.values())
            assertThat(Status.of(status.field())).isSameAs(status);
    }

    @Test
    void protectsHeaderAndDataWithDigests() throws IOException {
        Pdu pdu = new Pdu.Data(PduType.CONTROLLER_DATA, 1, 0, 0, 9, Pdu.LAST);
        Digests both = new Digests(true, true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PduWriter writer = new PduWriter(new Recorded(out));
        writer.agree(new Framing(both, 0));
        writer.send(pdu, ByteBuffer.wrap("123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII)), null);
        String sent = HEX.formatHex(out.toByteArray());
        // The check value of CRC-32C is that of these nine digits.
        assertThat(sent).startsWith("07071" + "81c").endsWith("313233343536373839" + "839206e3");

        byte[] bytes = HEX.parseHex(sent);
        PduReader reader = reader(HEX.formatHex(bytes));
        reader.agree(both, 100);
        assertThat(reader.next()).isEqualTo(pdu);
        assertThat(reader.readData(ByteBuffer.allocate(9))).isTrue();
        bytes[bytes.length - 5] ^= 1;
        reader = reader(HEX.formatHex(bytes));
        reader.agree(both, 100);
        reader.next();
        assertThat(reader.readData(ByteBuffer.allocate(9))).isFalse();
    }

    /// What a target answers to our first word; the header field that is refused, or nothing.
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 4096, -1",
        "0, 31, 0, 131072, -1",
        "0, 0, 0, -4, -1",
        "1, 0, 0, 4096, 8",
        "0, 32, 0, 4096, 10",
        "0, 0, 1, 4096, 11",
        "0, 0, 0, 4092, 12",
        "0, 0, 0, 0, 12",
        "0, 0, 0, 4097, 12",
    })
    void agreesWithATargetOrRefuses(int format, int alignment, int digests, int hostDataMax, int refusedAt)
            throws IOException {
        Pdu.InitializeResponse response = new Pdu.InitializeResponse(
                format, alignment, new Digests((digests & 1) != 0, (digests & 2) != 0), hostDataMax);
        if (refusedAt < 0) assertThat(response.framing(Digests.NONE)).isEqualTo(new Framing(Digests.NONE, alignment));
        else
            assertThatExceptionOfType(ProtocolException.class)
                    .isThrownBy(() -> response.framing(Digests.NONE))
                    .satisfies(
                            e -> assertThat(e.terminate(PduType.HOST_TERMINATES).detail())
                                    .isEqualTo(refusedAt));
    }

    @ParameterizedTest
    @CsvSource({"0, 48", "1, 48", "3, 50", "31, 80"})
    void sendsDataWhereTheOtherEndWantsIt(int alignment, String dataOffset) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PduWriter writer = new PduWriter(new Recorded(out));
        writer.agree(new Framing(Digests.NONE, alignment));
        Command write = Command.of(0x01, 1, Sgl.inCapsule(4), 0, 0, 0);
        writer.send(new Pdu.CommandCapsule(write), ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), null);
        String sent = HEX.formatHex(out.toByteArray());
        assertThat(sent.substring(0, 8)).isEqualTo("040048" + dataOffset);
        int offset = Integer.parseInt(dataOffset, 16);
        assertThat(sent.substring(2 * 72, 2 * offset)).matches("0*");
        assertThat(sent.substring(2 * offset)).isEqualTo("01020304");
        PduReader reader = reader(sent);
        reader.next();
        assertThat(reader.dataLength()).isEqualTo(4);
    }

    @Test
    void refusesDataThatIsNotAligned() {
        String capsule = "04004849" + "4d000000" + "00".repeat(65) + "01020304";
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> reader(capsule).next())
                .withMessageContaining("not aligned");
    }

    private static void assertReadsAndWrites(String hex, Pdu pdu) throws IOException {
        assertThat(reader(hex).next()).isEqualTo(pdu);
        assertThat(written(pdu, null)).isEqualTo(hex);
    }

    private static PduReader reader(String hex) {
        return new PduReader(
                Channels.newChannel(new ByteArrayInputStream(HEX.parseHex(hex))), 1 << 20, new BufferPool());
    }

    private static String written(Pdu pdu, @org.jspecify.annotations.Nullable ByteBuffer data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new PduWriter(new Recorded(out)).send(pdu, data, null);
        return HEX.formatHex(out.toByteArray());
    }

    private static String padded(String name) {
        String hex = HEX.formatHex(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return hex + "00".repeat(256 - hex.length() / 2);
    }
}
