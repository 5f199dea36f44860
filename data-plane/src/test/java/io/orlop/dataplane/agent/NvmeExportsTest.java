package io.orlop.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.orlop.dataplane.block.Exposure;
import io.orlop.dataplane.nvme.host.InitiatorOptions;
import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.host.NvmeInitiator;
import io.orlop.dataplane.nvme.target.HeldDevice;
import io.orlop.dataplane.nvme.target.ManualAmbient;
import io.orlop.dataplane.nvme.target.NvmeTarget;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.model.AllowedHost;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whoever unshares relies on it: the next nexus opens the copy at once.
@Timeout(60)
class NvmeExportsTest {
    private static final String NQN = Exposure.nqnOf("replica");
    private static final Host HOST = new Host("nqn.2019-05.io.openebs:node-name:a", new UUID(1, 2));
    private static final InitiatorOptions OPTIONS =
            InitiatorOptions.defaults().withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60));

    private final HeldDevice device = new HeldDevice();
    private final ManualAmbient time = new ManualAmbient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void letGo() {
        device.goOn.countDown();
        threads.shutdownNow();
    }

    @Test
    void aWithdrawalFailsWhileAnOldWriteIsWithTheDevice() throws Exception {
        try (NvmeTarget target = target()) {
            NvmeExports exports = new NvmeExports(target, "127.0.0.1");
            exports.expose(exposure());
            NvmeDevice host = connect(target);
            Future<?> write = threads.submit(() -> write(host));
            device.hanging.await();

            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatIOException()
                        .isThrownBy(() -> inTime(() -> exports.withdraw(NQN)))
                        .withMessageContaining("1 command of " + HOST.nqn())
                        .withMessageContaining("withdraw it again");
                assertThatIOException().isThrownBy(() -> connect(target));
                assertThatIOException()
                        .isThrownBy(() -> exports.expose(exposure()))
                        .withMessageContaining("not done with 1 command");
            }
            device.goOn.countDown();
            exports.withdraw(NQN);
            exports.expose(exposure());
            connect(target).close();
            assertThat(write.state()).isIn(Future.State.FAILED, Future.State.RUNNING);
        }
    }

    @Test
    void aNewListOfHostsFailsWhileAnOldWriteIsWithTheDevice() throws Exception {
        try (NvmeTarget target = target()) {
            NvmeExports exports = new NvmeExports(target, "127.0.0.1");
            exports.expose(exposure());
            NvmeDevice host = connect(target);
            threads.submit(() -> write(host));
            device.hanging.await();

            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatIOException()
                        .isThrownBy(() ->
                                inTime(() -> exports.allow(NQN, AllowedHost.fromAnywhere(List.of("nqn.another")))))
                        .withMessageContaining("1 command of " + HOST.nqn());
                assertThatIOException().isThrownBy(() -> connect(target));
            }
            device.goOn.countDown();
            exports.allow(NQN, AllowedHost.fromAnywhere(List.of("nqn.another")));
        }
    }

    private interface Call {
        void run() throws IOException;
    }

    /// Lets time pass until the call is over.
    private void inTime(Call call) throws Exception {
        Future<?> over = threads.submit(() -> {
            call.run();
            return null;
        });
        while (!over.isDone()) {
            time.pass(Duration.ofSeconds(1));
            Thread.yield();
        }
        if (over.state() == Future.State.FAILED) throw (Exception) over.exceptionNow();
    }

    private static Void write(NvmeDevice host) throws IOException {
        host.write(0, ByteBuffer.allocate(512));
        return null;
    }

    private Exposure exposure() {
        return new Exposure(NQN, device, new UUID(5, 6), List.of(), 1, 100);
    }

    private NvmeTarget target() throws IOException {
        return NvmeTarget.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), time);
    }

    private static NvmeDevice connect(NvmeTarget target) throws IOException {
        return NvmeInitiator.connect(target.address(), NQN, HOST, OPTIONS, Ambient.system());
    }
}
