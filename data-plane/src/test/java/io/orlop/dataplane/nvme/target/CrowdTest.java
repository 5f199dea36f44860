package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.host.NvmeInitiator;
import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Digests;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.Pdu;
import io.orlop.dataplane.nvme.wire.Property;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many connections, of which none means well: all of them together hold no more than their share of memory, and a
/// host that does nothing wrong is served beside them.
@Timeout(120)
class CrowdTest {
    private static final long MIB = 1 << 20;
    private static final Command LARGE_WRITE = Command.of(0x01, 1, Sgl.transport(128 << 10), 0, 0, 255);
    private static final Command LARGE_READ = Command.of(0x02, 1, Sgl.transport(128 << 10), 0, 0, 255);

    private final Memory memory = new Memory(64 * MIB);
    private final ManualAmbient time = new ManualAmbient();
    private final List<AutoCloseable> crowd = new ArrayList<>();
    private final List<NvmeTarget> targets = new ArrayList<>();
    private final long before = direct();

    @AfterEach
    void close() throws Exception {
        for (NvmeTarget target : targets) target.close();
        for (AutoCloseable one : crowd) one.close();
    }

    @Test
    void writesThatAreAnnouncedAndNeverSent() throws Exception {
        List<NvmeTarget> three = List.of(target(), target(), target());
        for (int i = 0; i < 71; i++) {
            RawHost io = queue(three.get(i % 3), i);
            for (int command = 0; command < 31; command++) io.send(LARGE_WRITE, null);
        }
        for (NvmeTarget target : three) serves(target);
        assertThat(direct() - before).isLessThan(96 * MIB);
        assertThat(three).allSatisfy(target -> assertThat(target.ailment()).isEmpty());
    }

    @Test
    void hostsThatNeverRead() throws Exception {
        List<NvmeTarget> three = List.of(target(), target(), target());
        for (int i = 0; i < 71; i++) {
            RawHost io = queue(three.get(i % 3), i);
            for (int command = 0; command < 31; command++) io.send(LARGE_READ, null);
        }
        for (NvmeTarget target : three) serves(target);
        assertThat(direct() - before).isLessThan(64 * MIB);
    }

    /// Each holds no more than one transfer, but there are so many that nothing is left: those who do nothing about it
    /// are cut off for those who wait.
    @Test
    void whoHoldsMemoryForNothingGivesWay() throws Exception {
        NvmeTarget target = target();
        for (int i = 0; i < 300; i++) queue(target, i).send(LARGE_WRITE, null);
        RawHost waiting = queue(target, 400);
        waiting.send(LARGE_WRITE, null);
        while (!memory.isShort()) Thread.onSpinWait();
        Thread watch = Thread.ofVirtual().start(() -> {
            while (memory.isShort()) {
                time.pass(Duration.ofSeconds(10));
                Thread.yield();
            }
        });
        while (memory.isShort()) Thread.onSpinWait();
        watch.join();
        serves(target);
    }

    @Test
    void idleConnectionsCostLittle() throws Exception {
        NvmeTarget target = target();
        for (int i = 0; i < 64; i++) {
            RawHost admin = admin(target, i);
            for (int queue = 1; queue <= 4; queue++) io(target, admin, i, queue).ask(LARGE_READ);
        }
        // The hosts' own ends are in this process, too.
        assertThat(direct() - before).isLessThan(64 * MIB);
        serves(target);
    }

    @Test
    void oneConnectionTooManyIsRefusedAndTheTargetSaysSo() throws Exception {
        Memory little = new Memory(44L * Memory.CONNECTION_BYTES);
        NvmeTarget target = target(little);
        RawHost first = admin(target, 1);
        List<RawHost> more = new ArrayList<>();
        for (int i = 0; i < 9; i++) more.add(initialized(target));
        try (RawHost refused = track(new RawHost(target.address()))) {
            assertThat(refused.awaitEnd()).isNull();
        }
        assertThat(target.ailment()).hasValueSatisfying(why -> assertThat(why).contains("want of memory"));
        assertThat(first.ask(Command.admin(AdminOpcode.KEEP_ALIVE, 0, Sgl.NONE, 0, 0))
                        .succeeded())
                .isTrue();
        for (RawHost host : more) host.close();
        while (little.taken() > 2 * Memory.CONNECTION_BYTES) Thread.onSpinWait();
        time.pass(Duration.ofSeconds(3));
        serves(target);
        assertThat(target.ailment()).isEmpty();
    }

    @Test
    void aThousandConnectionsThatSayNothing() throws Exception {
        NvmeTarget target = target();
        for (int i = 0; i < 1000; i++) {
            SocketChannel silent = SocketChannel.open(target.address());
            crowd.add(silent);
        }
        serves(target);
        assertThat(direct() - before).isLessThan(64 * MIB);
        assertThat(target.ailment()).isEmpty();
    }

    /// One that answers and reads, however many others do not.
    private void serves(NvmeTarget target) throws Exception {
        Host host = new Host("nqn.2019-05.io.openebs:node-name:honest", new UUID(9, 9));
        try (NvmeDevice device =
                NvmeInitiator.connect(target.address(), Rig.NQN, host, Rig.OPTIONS, Ambient.system())) {
            byte[] content = new byte[(int) MIB];
            new java.util.Random(1).nextBytes(content);
            device.write(0, ByteBuffer.wrap(content));
            device.flush();
            ByteBuffer read = ByteBuffer.allocate(content.length);
            device.read(0, read);
            assertThat(read.array()).isEqualTo(content);
        }
    }

    private NvmeTarget target() throws IOException {
        return target(memory);
    }

    private NvmeTarget target(Memory from) throws IOException {
        NvmeTarget target =
                NvmeTarget.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), from, time);
        target.add(SubsystemSpec.of(Rig.NQN, new MemoryDevice(512, 4096), Rig.UUID_));
        targets.add(target);
        return target;
    }

    private RawHost queue(NvmeTarget target, int number) throws IOException {
        return io(target, admin(target, number), number, 1);
    }

    private RawHost admin(NvmeTarget target, int number) throws IOException {
        RawHost host = initialized(target);
        host.controller = (int) host.connect(0, 0xFFFF, name(number), 0, true).result();
        host.ask(Fabrics.propertySet(Property.CONFIGURATION, 0x460061));
        return host;
    }

    private RawHost io(NvmeTarget target, RawHost admin, int number, int queue) throws IOException {
        RawHost host = initialized(target);
        assertThat(host.connect(queue, admin.controller, name(number), 0, true).succeeded())
                .isTrue();
        return host;
    }

    private RawHost initialized(NvmeTarget target) throws IOException {
        RawHost host = track(new RawHost(target.address()));
        host.writer.send(new Pdu.InitializeRequest(0, 0, Digests.NONE, 0));
        assertThat(host.reader.next()).isInstanceOf(Pdu.InitializeResponse.class);
        return host;
    }

    private RawHost track(RawHost host) {
        crowd.add(host);
        return host;
    }

    private static Host name(int number) {
        return new Host("nqn.2019-05.io.openebs:node-name:" + number, new UUID(1, number + 1));
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
