package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.host.NvmeException;
import io.orlop.dataplane.nvme.host.NvmeInitiator;
import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Completion;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.IoOpcode;
import io.orlop.dataplane.nvme.wire.Property;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import io.orlop.model.AllowedHost;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final Host OTHER = new Host("nqn.2019-05.io.openebs:node-name:b", new UUID(3, 4));

    private final SubsystemSpec spec = SubsystemSpec.of(Rig.NQN, new MemoryDevice(512, 1000), Rig.UUID_);

    @Test
    void admitsOnlyAllowedHosts() throws Exception {
        try (Rig rig = rig(spec.withAllowedHosts(List.of(AllowedHost.fromAnywhere(Rig.HOST.nqn()))))) {
            rig.connect().close();
            assertThatExceptionOfType(NvmeException.class)
                    .isThrownBy(() -> rig.connect(OTHER, Rig.OPTIONS))
                    .satisfies(e -> assertThat(e.statusType()).isEqualTo(1))
                    .satisfies(e -> assertThat(e.statusCode()).isEqualTo(0x84));
        }
    }

    @Test
    void cutsOffHostsThatAreNoLongerAllowed() throws Exception {
        try (Rig rig = rig(spec)) {
            NvmeDevice allowed = rig.connect();
            NvmeDevice other = rig.connect(OTHER, Rig.OPTIONS);
            assertThat(rig.subsystem.hosts()).containsExactly(Rig.HOST, OTHER);

            rig.subsystem.allow(List.of(AllowedHost.fromAnywhere(Rig.HOST.nqn())));

            assertThat(rig.subsystem.hosts()).containsExactly(Rig.HOST);
            assertThatIOException().isThrownBy(() -> other.read(0, ByteBuffer.allocate(512)));
            allowed.read(0, ByteBuffer.allocate(512));
            allowed.close();
        }
    }

    @Test
    void admitsAHostOnlyFromItsAddress() throws Exception {
        var here = new AllowedHost(Rig.HOST.nqn(), List.of("10.0.0.1", "127.0.0.1", "::1"));
        var elsewhere = new AllowedHost(OTHER.nqn(), List.of("10.0.0.1"));
        try (Rig rig = rig(spec.withAllowedHosts(List.of(here, elsewhere)))) {
            NvmeDevice device = rig.connect();
            assertThatExceptionOfType(NvmeException.class)
                    .isThrownBy(() -> rig.connect(OTHER, Rig.OPTIONS))
                    .satisfies(e -> assertThat(e.statusType()).isEqualTo(1))
                    .satisfies(e -> assertThat(e.statusCode()).isEqualTo(0x84));
            assertThat(discover(rig, Rig.HOST)).isEqualTo(1);
            assertThat(discover(rig, OTHER)).isZero();

            rig.subsystem.allow(List.of(new AllowedHost(Rig.HOST.nqn(), List.of("10.0.0.1"))));

            assertThat(rig.subsystem.hosts()).isEmpty();
            assertThatIOException().isThrownBy(() -> device.read(0, ByteBuffer.allocate(512)));
        }
    }

    @Test
    void knowsOnlyTheSubsystemsAdded() throws Exception {
        try (Rig rig = rig(spec)) {
            NvmeDevice device = rig.connect();
            assertThat(rig.target.remove(rig.subsystem)).isTrue();
            assertThatIOException().isThrownBy(() -> device.read(0, ByteBuffer.allocate(512)));
            assertThatExceptionOfType(NvmeException.class)
                    .isThrownBy(rig::connect)
                    .satisfies(e -> assertThat(e.statusType()).isEqualTo(1))
                    .satisfies(e -> assertThat(e.statusCode()).isEqualTo(0x82));
            rig.target.add(spec);
            rig.connect().close();
            assertThatIllegalArgumentException().isThrownBy(() -> rig.target.add(spec));
        }
    }

    @Test
    void givesControllerIdsFromTheRange() throws Exception {
        try (Rig rig = rig(spec.withControllers(7, 8));
                RawHost first = RawHost.admin(rig, Rig.HOST, 0);
                RawHost second = RawHost.admin(rig, Rig.HOST, 0)) {
            assertThat(first.controller).isEqualTo(7);
            assertThat(second.controller).isEqualTo(8);
            assertThatIOException()
                    .isThrownBy(() -> RawHost.admin(rig, Rig.HOST, 0))
                    .withMessageContaining("busy");
        }
    }

    @Test
    void refusesQueuesThatDoNotFit() throws Exception {
        try (Rig rig = rig(spec);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1);
                RawHost stranger = RawHost.initialized(rig)) {
            assertThat(refusal(stranger, 1, admin.controller, Rig.HOST)).isEqualTo(Status.SEQUENCE_ERROR);
            assertThat(refusal(stranger, 2, admin.controller, OTHER)).isEqualTo(Status.CONNECT_INVALID);
            assertThat(refusal(stranger, 33, admin.controller, Rig.HOST)).isEqualTo(Status.CONNECT_INVALID);
            assertThat(refusal(stranger, 2, 999, Rig.HOST)).isEqualTo(Status.CONNECT_INVALID);
            assertThat(refusal(stranger, 0, 1, Rig.HOST)).isEqualTo(Status.CONNECT_INVALID);
            assertThat(stranger.ask(Command.admin(AdminOpcode.KEEP_ALIVE, 0, Sgl.NONE, 0, 0))
                            .statusField())
                    .isEqualTo(Status.SEQUENCE_ERROR.field());
            assertThat(refusal(stranger, 2, admin.controller, Rig.HOST)).isEqualTo(Status.SUCCESS);
            assertThat(io.ask(Command.of(IoOpcode.FLUSH.code(), 1, Sgl.NONE, 0, 0, 0))
                            .succeeded())
                    .isTrue();
        }
    }

    @Test
    void endsTheQueuesWithTheAdminQueue() throws Exception {
        try (Rig rig = rig(spec);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            admin.channel.close();
            assertThat(io.awaitEnd()).isNull();
            assertThat(rig.subsystem.hosts()).isEmpty();
        }
    }

    @Test
    void listsSubsystemsToThoseWhoMayConnect() throws Exception {
        try (Rig rig = rig(spec.withAllowedHosts(List.of(AllowedHost.fromAnywhere(Rig.HOST.nqn()))))) {
            assertThat(discover(rig, Rig.HOST)).isEqualTo(1);
            assertThat(discover(rig, OTHER)).isZero();
        }
    }

    private static long discover(Rig rig, Host name) throws IOException {
        try (RawHost host = RawHost.initialized(rig)) {
            ByteBuffer data = new Fabrics.ConnectData(name.id(), 0xFFFF, DiscoverySubsystem.NQN, name.nqn()).bytes();
            host.ask(new Fabrics.Connect(0, 0, 31, true, 0).command(), data);
            host.ask(Fabrics.propertySet(Property.CONFIGURATION, 0x460001));
            int dwords = 2048 / 4 - 1;
            Completion completion =
                    host.ask(Command.admin(AdminOpcode.GET_LOG_PAGE, 0, Sgl.transport(2048), 0x70 | dwords << 16, 0));
            assertThat(completion.succeeded()).isTrue();
            return host.answered.getLong(8);
        }
    }

    @Test
    void saysWhyItCannotBeReached() throws Exception {
        InetSocketAddress gone;
        try (Rig rig = rig(spec)) {
            gone = rig.target.address();
        }
        assertThatIOException()
                .isThrownBy(() -> NvmeInitiator.connect(gone, Rig.NQN, Rig.HOST, Rig.OPTIONS, Ambient.system()))
                .withMessageContaining(Rig.NQN)
                .withMessageContaining(Integer.toString(gone.getPort()));
    }

    private static Status refusal(RawHost host, int queue, int controller, Host name) throws IOException {
        int field = host.connect(queue, controller, name, 0, true).statusField();
        return java.util.Objects.requireNonNull(Status.of(field));
    }

    private static Rig rig(SubsystemSpec spec) throws IOException {
        return new Rig(spec, Ambient.system());
    }
}
