package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.IoOpcode;
import io.orlop.dataplane.nvme.wire.Sgl;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeepAliveTest {
    private static final Command KEEP_ALIVE = Command.admin(AdminOpcode.KEEP_ALIVE, 0, Sgl.NONE, 0, 0);

    private final ManualAmbient time = new ManualAmbient();
    private final SubsystemSpec spec = SubsystemSpec.of(Rig.NQN, new MemoryDevice(512, 1000), Rig.UUID_);

    @Test
    void letsASilentHostGo() throws Exception {
        try (Rig rig = new Rig(spec, time);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 3000);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            passKeepAliveTime();
            passKeepAliveTime();
            assertThat(admin.awaitEnd()).isNull();
            assertThat(io.awaitEnd()).isNull();
            assertThat(rig.subsystem.hosts()).isEmpty();
        }
    }

    @Test
    void keepsAHostThatSpeaksOnAnyQueue() throws Exception {
        try (Rig rig = new Rig(spec, time);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 3000);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            for (int i = 0; i < 5; i++) {
                assertThat(admin.ask(KEEP_ALIVE).succeeded()).isTrue();
                passKeepAliveTime();
                awaitWaiters(2);
            }
            for (int i = 0; i < 5; i++) {
                io.ask(Command.of(IoOpcode.FLUSH.code(), 1, Sgl.NONE, 0, 0, 0));
                passKeepAliveTime();
                awaitWaiters(2);
            }
            assertThat(admin.ask(KEEP_ALIVE).succeeded()).isTrue();
        }
    }

    @Test
    void keepsAHostThatAsksForNoTime() throws Exception {
        try (Rig rig = new Rig(spec, time);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0)) {
            time.pass(Duration.ofDays(1));
            assertThat(admin.ask(KEEP_ALIVE).succeeded()).isTrue();
        }
    }

    @Test
    void letsGoWhoConnectsAndSaysNothing() throws Exception {
        try (Rig rig = new Rig(spec, time);
                RawHost silent = new RawHost(rig.target.address());
                RawHost wordy = RawHost.initialized(rig)) {
            for (int i = 0; i < 3; i++) {
                awaitWaiters(1);
                time.pass(Duration.ofSeconds(10));
            }
            assertThat(silent.awaitEnd()).isNull();
            assertThat(wordy.awaitEnd()).isNull();
        }
    }

    private void passKeepAliveTime() {
        awaitWaiters(2);
        time.pass(Duration.ofSeconds(3));
    }

    /// The target's own watch, and one for each controller.
    private void awaitWaiters(int count) {
        while (time.waiting() < count) Thread.onSpinWait();
    }
}
