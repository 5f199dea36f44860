package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.host.NvmeException;
import io.orlop.dataplane.nvme.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackTest {
    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void introducesTheDeviceBehind(int blockSize) throws Exception {
        try (Rig rig = new Rig(new MemoryDevice(blockSize, 1000));
                NvmeDevice device = rig.connect()) {
            assertThat(device.blockSize()).isEqualTo(blockSize);
            assertThat(device.blocks()).isEqualTo(1000);
            assertThat(device.uuid()).isEqualTo(Rig.UUID_);
            assertThat(device.writeThrough()).isFalse();
            assertThat(rig.subsystem.hosts()).containsExactly(Rig.HOST);
        }
    }

    @ParameterizedTest
    @CsvSource({"512,false,false", "4096,false,false", "512,true,true", "4096,true,false", "512,false,true"})
    void readsWhatWasWritten(int blockSize, boolean headerDigest, boolean dataDigest) throws Exception {
        MemoryDevice memory = new MemoryDevice(blockSize, (8 << 20) / blockSize);
        try (Rig rig = new Rig(memory);
                NvmeDevice device = rig.connect(Rig.HOST, Rig.OPTIONS.withDigests(headerDigest, dataDigest))) {
            randomTraffic(device, 0, (int) (device.size() / blockSize), new Random(7), 400);
        }
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        MemoryDevice memory = new MemoryDevice(512, 16 * 4096);
        try (Rig rig = new Rig(memory);
                NvmeDevice device = rig.connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < 16; worker++) {
                int first = worker * 4096;
                Random random = new Random(worker);
                workers.add(threads.submit(() -> {
                    randomTraffic(device, first, 4096, random, 100);
                    return null;
                }));
            }
            for (Future<?> worker : workers) worker.get();
        }
    }

    /// What a file system does, against a copy in memory: every read must see the last write.
    private static void randomTraffic(BlockDevice device, int first, int blocks, Random random, int rounds)
            throws IOException {
        int blockSize = device.blockSize();
        byte[] model = new byte[blocks * blockSize];
        for (int round = 0; round < rounds; round++) {
            int count = 1 + random.nextInt(random.nextInt(8) == 0 ? Math.min(blocks, (1 << 20) / blockSize) : 16);
            int start = random.nextInt(blocks - Math.min(count, blocks - 1));
            int from = start * blockSize;
            int length = count * blockSize;
            long offset = (long) (first + start) * blockSize;
            switch (random.nextInt(8)) {
                case 0 -> device.flush();
                case 1 -> {
                    device.writeZeroes(offset, length);
                    java.util.Arrays.fill(model, from, from + length, (byte) 0);
                }
                case 2 -> {
                    device.unmap(offset, length);
                    java.util.Arrays.fill(model, from, from + length, (byte) 0);
                }
                case 3, 4, 5 -> {
                    byte[] bytes = new byte[length];
                    random.nextBytes(bytes);
                    System.arraycopy(bytes, 0, model, from, length);
                    ByteBuffer buffer = ByteBuffer.wrap(bytes);
                    device.write(offset, buffer);
                    assertThat(buffer.hasRemaining()).isFalse();
                }
                default -> {
                    ByteBuffer read = ByteBuffer.allocate(length);
                    device.read(offset, read);
                    assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(model, from, length));
                }
            }
        }
        ByteBuffer all = ByteBuffer.allocate(model.length);
        device.read((long) first * blockSize, all);
        assertThat(all.flip()).isEqualTo(ByteBuffer.wrap(model));
    }

    @Test
    void flushesTheDeviceBehind() throws Exception {
        MemoryDevice memory = new MemoryDevice(512, 100);
        try (Rig rig = new Rig(memory);
                NvmeDevice device = rig.connect()) {
            device.flush();
            assertThat(memory.flushes).hasValue(1);
        }
    }

    @Test
    void tellsOfAFullPool() throws Exception {
        BlockDevice full = new MemoryDevice(512, 100) {
            @Override
            public void write(long offset, ByteBuffer from) throws IOException {
                throw new NoSpaceException("pool p is full");
            }
        };
        try (Rig rig = new Rig(full);
                NvmeDevice device = rig.connect()) {
            assertThatExceptionOfType(NoSpaceException.class)
                    .isThrownBy(() -> device.write(0, ByteBuffer.allocate(512)));
            device.read(0, ByteBuffer.allocate(512));
        }
    }

    @Test
    void tellsOfMediaErrorsAndStaysUsable() throws Exception {
        BlockDevice bad = new MemoryDevice(512, 100) {
            @Override
            public void read(long offset, ByteBuffer into) throws IOException {
                if (offset == 0) throw new IOException("sector 0 is gone");
                super.read(offset, into);
            }
        };
        try (Rig rig = new Rig(bad);
                NvmeDevice device = rig.connect()) {
            assertThatExceptionOfType(NvmeException.class)
                    .isThrownBy(() -> device.read(0, ByteBuffer.allocate(512)))
                    .satisfies(e -> assertThat(e.is(Status.UNRECOVERED_READ)).isTrue());
            device.read(512, ByteBuffer.allocate(512));
            assertThat(device.failure()).isNull();
        }
    }

    @Test
    void refusesCallsOffTheGrid() throws Exception {
        try (Rig rig = new Rig(new MemoryDevice(512, 100));
                NvmeDevice device = rig.connect()) {
            assertThatIllegalArgumentException().isThrownBy(() -> device.read(1, ByteBuffer.allocate(512)));
            assertThatIllegalArgumentException().isThrownBy(() -> device.read(512 * 100, ByteBuffer.allocate(512)));
            assertThatIllegalArgumentException().isThrownBy(() -> device.unmap(0, 100));
        }
    }
}
