package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.Sgl;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whoever says nothing any more must not be in the way of who does: nobody but time tells a host that lost power from
/// one that has nothing to say.
@Timeout(60)
class SilentPeersTest {
    private static final Host B = new Host("nqn.2019-05.io.openebs:node-name:b", new UUID(3, 4));
    private static final Host C = new Host("nqn.2019-05.io.openebs:node-name:c", new UUID(5, 6));

    private final ManualAmbient time = new ManualAmbient();
    private final SubsystemSpec spec = SubsystemSpec.of(Rig.NQN, new MemoryDevice(512, 1000), Rig.UUID_);

    @Test
    void aHostsStaleAssociationGivesWayToItsReturn() throws Exception {
        try (Rig rig = new Rig(spec.withControllers(7, 8), time);
                RawHost before = RawHost.admin(rig, Rig.HOST, 0);
                RawHost other = RawHost.admin(rig, B, 0)) {
            time.pass(Duration.ofSeconds(6));
            RawHost back = RawHost.admin(rig, Rig.HOST, 0);

            assertThat(before.awaitEnd()).isNull();
            assertThat(rig.subsystem.hosts()).containsExactlyInAnyOrder(Rig.HOST, B);
            assertThat(speaks(other)).isTrue();
            assertThat(speaks(back)).isTrue();
            back.close();
        }
    }

    @Test
    void aHostMayHoldSeveralAssociationsThatSpeak() throws Exception {
        try (Rig rig = new Rig(spec, time);
                RawHost first = RawHost.admin(rig, Rig.HOST, 0)) {
            time.pass(Duration.ofSeconds(6));
            assertThat(speaks(first)).isTrue();
            RawHost second = RawHost.admin(rig, Rig.HOST, 0);

            assertThat(speaks(first)).isTrue();
            assertThat(speaks(second)).isTrue();
            second.close();
        }
    }

    @Test
    void twoHostsThatLostPowerDoNotLockATarget() throws Exception {
        try (Rig rig = new Rig(spec.withControllers(7, 8), time);
                RawHost dead = RawHost.admin(rig, Rig.HOST, 0)) {
            time.pass(Duration.ofSeconds(20));
            try (RawHost _ = RawHost.admin(rig, B, 0)) {
                assertThatIOException()
                        .isThrownBy(() -> RawHost.admin(rig, C, 0))
                        .withMessageContaining("busy");

                time.pass(Duration.ofSeconds(10));
                RawHost alive = RawHost.admin(rig, C, 0);

                assertThat(dead.awaitEnd()).isNull();
                assertThat(speaks(alive)).isTrue();
                assertThat(rig.subsystem.hosts()).containsExactlyInAnyOrder(B, C);
                alive.close();
            }
        }
    }

    @Test
    void connectionsThatSayNothingGiveWayToThoseThatCome() throws Exception {
        List<SocketChannel> silent = new ArrayList<>();
        try (Rig rig = new Rig(spec, time);
                RawHost admitted = RawHost.admin(rig, Rig.HOST, 0);
                RawHost wordy = RawHost.initialized(rig)) {
            for (int i = 0; i < 400; i++) silent.add(SocketChannel.open(rig.target.address()));

            try (RawHost host = RawHost.admin(rig, B, 0)) {
                assertThat(speaks(host)).isTrue();
            }
            assertThat(speaks(admitted)).isTrue();
            assertThat(wordy.connect(0, 0xFFFF, C, 0, true).succeeded()).isTrue();
            assertThat(ended(silent.getFirst())).isTrue();
        } finally {
            for (SocketChannel channel : silent) channel.close();
        }
    }

    private static boolean ended(SocketChannel channel) {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    private static boolean speaks(RawHost host) throws IOException {
        return host.ask(Command.admin(AdminOpcode.KEEP_ALIVE, 0, Sgl.NONE, 0, 0))
                .succeeded();
    }
}
