package io.orlop.dataplane.nexus;

import static io.orlop.dataplane.nexus.NexusBench.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.dataplane.block.BlockDevice;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a host asked for before it was cut off must not happen afterwards: it may have written newer data since.
@Timeout(60)
class CutOffHostTest {
    private static final long MIB = 1 << 20;
    private final NexusBench bench = new NexusBench();
    private final AtomicBoolean connected = new AtomicBoolean(true);

    @Test
    void aWriteThatWaitedForTheRecordIsNotRepeated() throws Exception {
        Nexus nexus = bench.nexus(1, 2);
        BlockDevice host = nexus.device().under(connected::get);
        var saving = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        bench.beforeSave = () -> {
            saving.countDown();
            await(go);
        };
        bench.at(2).failOnceIn(0);
        var write = new Attempt(() -> host.write(0, filled(4096, 1)));
        saving.await();
        connected.set(false);
        go.countDown();

        assertThatThrownBy(write::outcome).isInstanceOf(IOException.class).hasMessageContaining("cut off");
        assertThat(bench.at(1).writes).hasValue(1);
        assertThat(bench.healthOnRecord()).containsExactly(true, false);
    }

    @Test
    void aWriteThatWaitedForAnotherOfTheSameBlocksIsNotDone() throws Throwable {
        Nexus nexus = bench.nexus(1);
        BlockDevice host = nexus.device().under(connected::get);
        var writing = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        bench.at(1).beforeWrite = () -> {
            writing.countDown();
            await(go);
        };
        var newer = new Attempt(() -> nexus.device().write(0, filled(4096, 2)));
        writing.await();
        var old = new Attempt(() -> host.write(0, filled(4096, 1)));
        old.awaitWaiting();
        connected.set(false);
        go.countDown();

        newer.outcome();
        assertThatThrownBy(old::outcome).isInstanceOf(IOException.class).hasMessageContaining("cut off");
        assertThat(bench.at(1).content(5 * MIB, 4096)).containsOnly(2);
    }

    @Test
    void aWriteThatWaitedForALostCopyEndsWithItsHost() throws Exception {
        Nexus nexus = bench.nexus(1);
        BlockDevice host = nexus.device().under(connected::get);
        var dialling = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        bench.at(1).beforeOpen = () -> {
            dialling.countDown();
            await(go);
        };
        bench.at(1).disconnect();
        var write = new Attempt(() -> host.write(0, filled(4096, 1)));
        dialling.await();
        connected.set(false);

        assertThatThrownBy(write::outcome).isInstanceOf(IOException.class).hasMessageContaining("cut off");
        go.countDown();
        nexus.device().write(0, filled(4096, 2));
        assertThat(bench.at(1).content(5 * MIB, 4096)).containsOnly(2);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    interface Io {
        void run() throws IOException;
    }

    /// Something tried in a thread of its own.
    private static final class Attempt {
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        Attempt(Io io) {
            thread = Thread.ofVirtual().start(() -> {
                try {
                    io.run();
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
        }

        void awaitWaiting() throws InterruptedException {
            while (thread.getState() != Thread.State.WAITING) Thread.sleep(1);
        }

        void outcome() throws Throwable {
            thread.join();
            Throwable failed = failure.get();
            if (failed != null) throw failed;
        }
    }
}
