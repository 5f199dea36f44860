package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.host.NvmeException;
import io.orlop.dataplane.nvme.host.NvmeInitiator;
import io.orlop.dataplane.nvme.namespace.AnaState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What becomes of commands under way when one side goes.
class LossTest {
    @Test
    void failsWhatIsUnderWayWhenTheTargetGoes() throws Exception {
        CountDownLatch busy = new CountDownLatch(200);
        BlockDevice counting = new MemoryDevice(512, 4096) {
            @Override
            public void read(long offset, ByteBuffer into) throws IOException {
                busy.countDown();
                super.read(offset, into);
            }
        };
        try (Rig rig = new Rig(counting);
                NvmeDevice device = rig.connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < 16; worker++) {
                workers.add(threads.submit(() -> assertThatIOException().isThrownBy(() -> {
                    while (true) {
                        device.read(0, ByteBuffer.allocate(1 << 20));
                        device.write(0, ByteBuffer.allocate(1 << 20));
                    }
                })));
            }
            busy.await();

            rig.target.close();

            for (Future<?> worker : workers) worker.get();
            assertThat(device.failure()).isNotNull();
        }
    }

    @Test
    void leavesTheDeviceAloneAfterRemoval() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        CountDownLatch busy = new CountDownLatch(200);
        BlockDevice watched = new MemoryDevice(512, 4096) {
            @Override
            public void write(long offset, ByteBuffer from) throws IOException {
                inside.incrementAndGet();
                busy.countDown();
                super.write(offset, from);
                inside.decrementAndGet();
            }
        };
        try (Rig rig = new Rig(watched);
                NvmeDevice device = rig.connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int worker = 0; worker < 8; worker++) {
                threads.execute(() -> assertThatIOException().isThrownBy(() -> {
                    while (true) device.write(0, ByteBuffer.allocate(256 << 10));
                }));
            }
            busy.await();

            assertThat(rig.target.remove(rig.subsystem)).isTrue();

            assertThat(inside).hasValue(0);
        }
    }

    @Test
    void losesATargetThatDoesNotAnswerInTime() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        BlockDevice hanging = new MemoryDevice(512, 100) {
            @Override
            public void flush() {
                stuck.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        ManualAmbient time = new ManualAmbient();
        try (Rig rig = new Rig(hanging);
                NvmeDevice device = NvmeInitiator.connect(rig.target.address(), Rig.NQN, Rig.HOST, Rig.OPTIONS, time);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> flush = threads.submit(() -> assertThatIOException()
                    .isThrownBy(device::flush)
                    .withMessageContaining("not answered within PT1M"));
            stuck.await();

            while (!flush.isDone()) {
                time.pass(Duration.ofSeconds(15));
                Thread.yield();
            }

            flush.get();
            assertThatIOException().isThrownBy(() -> device.read(0, ByteBuffer.allocate(512)));
            end.countDown();
        }
    }

    @Test
    void seesThatTheDeviceHasGrown() throws Exception {
        AtomicLong blocks = new AtomicLong(100);
        BlockDevice growing = new MemoryDevice(512, 200) {
            @Override
            public long blocks() {
                return blocks.get();
            }
        };
        try (Rig rig = new Rig(growing);
                NvmeDevice device = rig.connect()) {
            assertThat(device.blocks()).isEqualTo(100);
            blocks.set(200);
            while (device.blocks() != 200) {
                rig.subsystem.resized();
                Thread.yield();
            }
            device.write(199 * 512, ByteBuffer.allocate(512));
        }
    }

    @Test
    void failsOverWhereThePathIsInaccessible() throws Exception {
        try (Rig rig = new Rig(new MemoryDevice(512, 100));
                NvmeDevice device = rig.connect()) {
            rig.subsystem.ana(AnaState.INACCESSIBLE);
            assertThatIOException()
                    .isThrownBy(() -> device.read(0, ByteBuffer.allocate(512)))
                    .isInstanceOfSatisfying(
                            NvmeException.class, e -> assertThat(e.statusType()).isEqualTo(3));
            rig.subsystem.ana(AnaState.OPTIMIZED);
            device.read(0, ByteBuffer.allocate(512));
        }
    }
}
