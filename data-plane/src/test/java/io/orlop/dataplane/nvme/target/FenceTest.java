package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.AllowedHost;
import io.orlop.dataplane.block.Warrant;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Completion;
import io.orlop.dataplane.nvme.wire.ControllerRegisters;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.Property;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whoever was cut off writes nothing any more once it is said that it was: what it had asked for before is over, or
/// it is not said.
@Timeout(60)
class FenceTest {
    private static final Command WRITE = Command.of(0x01, 1, Sgl.inCapsule(512), 0, 0, 0);
    private static final Host B = new Host("nqn.2019-05.io.openebs:node-name:b", new java.util.UUID(3, 4));

    private final HeldDevice device = new HeldDevice();
    private final ManualAmbient time = new ManualAmbient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final SubsystemSpec spec = SubsystemSpec.of(Rig.NQN, device, Rig.UUID_);

    @AfterEach
    void letGo() {
        device.goOn.countDown();
        threads.shutdownNow();
    }

    @Test
    void takesBackItsLeaveFirst() throws Exception {
        try (Rig rig = new Rig(spec, time);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            io.send(WRITE, ByteBuffer.allocate(512));
            device.hanging.await();
            assertThat(device.warrants).hasSize(1).allMatch(Warrant::stands);

            Future<Boolean> removed = threads.submit(() -> rig.target.remove(rig.subsystem));
            io.awaitEnd();
            assertThat(device.warrants).noneMatch(Warrant::stands);
            device.goOn.countDown();
            assertThat(removed.get()).isTrue();
        }
    }

    @Test
    void isNotPassedWhileAnOldCommandRuns() throws Exception {
        try (Rig rig = new Rig(spec, time);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0)) {
            // Its connection is long gone when the device is withdrawn; the command is not.
            try (RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
                io.send(WRITE, ByteBuffer.allocate(512));
                device.hanging.await();
            }
            admin.channel.close();
            while (!rig.subsystem.hosts().isEmpty()) Thread.onSpinWait();
            for (int attempt = 0; attempt < 2; attempt++) {
                Future<Boolean> removed = threads.submit(() -> rig.target.remove(rig.subsystem));
                while (!removed.isDone()) passTime();
                assertThat(removed.get()).isFalse();
            }
            device.goOn.countDown();
            assertThat(rig.target.remove(rig.subsystem)).isTrue();
            rig.target.add(spec);
        }
    }

    @Test
    void aHostComesBackOnlyWhenWhatItLeftIsOver() throws Exception {
        try (Rig rig = new Rig(spec, time)) {
            try (RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                    RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
                io.send(WRITE, ByteBuffer.allocate(512));
                device.hanging.await();
            }
            while (!rig.subsystem.hosts().isEmpty()) Thread.onSpinWait();
            try (RawHost back = RawHost.admin(rig, Rig.HOST, 0);
                    RawHost tooEarly = RawHost.initialized(rig)) {
                int waiting = time.waiting();
                Future<Completion> refused =
                        threads.submit(() -> tooEarly.connect(1, back.controller, Rig.HOST, 0, true));
                while (time.waiting() == waiting) Thread.onSpinWait();
                time.pass(Duration.ofSeconds(3));
                assertThat(Status.of(refused.get().statusField())).isEqualTo(Status.CONTROLLER_BUSY);

                // Another host has nothing to do with it.
                try (RawHost other = RawHost.admin(rig, B, 0);
                        RawHost io = RawHost.io(rig, other, B, 1)) {
                    assertThat(io.ask(WRITE, ByteBuffer.allocate(512)).succeeded())
                            .isTrue();
                }
                device.goOn.countDown();
                try (RawHost io = RawHost.io(rig, back, Rig.HOST, 1)) {
                    assertThat(io.ask(WRITE, ByteBuffer.allocate(512)).succeeded())
                            .isTrue();
                }
            }
        }
    }

    /// What became of the write nobody can tell: the host must not go on beside it.
    @Test
    void aQueueThatBreaksTakesTheOthersAlong() throws Exception {
        try (Rig rig = new Rig(spec, time);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            try (RawHost other = RawHost.io(rig, admin, Rig.HOST, 2)) {
                other.send(WRITE, ByteBuffer.allocate(512));
                device.hanging.await();
                assertThat(device.warrants).allMatch(Warrant::stands);
            }
            assertThat(io.awaitEnd()).isNull();
            assertThat(device.warrants).noneMatch(Warrant::stands);
            device.goOn.countDown();
            // It says goodbye on this one.
            assertThat(admin.ask(Fabrics.propertySet(Property.CONFIGURATION, ControllerRegisters.SHUT_DOWN))
                            .succeeded())
                    .isTrue();
            try (RawHost late = RawHost.initialized(rig)) {
                assertThat(late.connect(3, admin.controller, Rig.HOST, 0, true).succeeded())
                        .isFalse();
            }
        }
    }

    @Test
    void aQueueThatLeavesInPeaceDoesNot() throws Exception {
        device.goOn.countDown();
        try (Rig rig = new Rig(spec, time);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            RawHost.io(rig, admin, Rig.HOST, 2).close();
            RawHost again = reconnect(rig, admin);
            assertThat(io.ask(WRITE, ByteBuffer.allocate(512)).succeeded()).isTrue();
            again.close();
        }
    }

    /// As soon as the target has noticed that the queue is free.
    private static RawHost reconnect(Rig rig, RawHost admin) throws IOException {
        while (true) {
            RawHost host = RawHost.initialized(rig);
            if (host.connect(2, admin.controller, Rig.HOST, 0, true).succeeded()) return host;
            host.close();
        }
    }

    @Test
    void aHostStruckOffTheListWritesNothingAnyMore() throws Exception {
        try (Rig rig = new Rig(spec, time);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            io.send(WRITE, ByteBuffer.allocate(512));
            device.hanging.await();
            for (int attempt = 0; attempt < 2; attempt++) {
                Future<?> allowed = threads.submit(() -> {
                    rig.subsystem.allow(AllowedHost.fromAnywhere(List.of(B.nqn())));
                    return null;
                });
                while (!allowed.isDone()) passTime();
                assertThat(allowed.state()).isEqualTo(Future.State.FAILED);
                assertThat(allowed.exceptionNow()).hasMessageContaining(Rig.HOST.nqn());
            }
            device.goOn.countDown();
            rig.subsystem.allow(AllowedHost.fromAnywhere(List.of(B.nqn())));
        }
    }

    private void passTime() {
        time.pass(Duration.ofSeconds(1));
        Thread.yield();
    }
}
