package io.orlop.benchmarks.demo;

import io.orlop.dataplane.block.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// I/O on a device, from many threads at once.
///
/// @param region the part of the device that is used
record DeviceBenchmark(BlockDevice device, long region, Duration warmUp, Duration measured) {
    /// One kind of load.
    ///
    /// @param sequential each thread goes through its own part in order, and not anywhere
    record Load(String name, boolean write, int blockBytes, boolean sequential, int inFlight) {}

    /// What a load came to.
    record Rate(double perSecond, double mibPerSecond) {}

    Rate run(Load load) throws InterruptedException, ExecutionException {
        drive(load, warmUp);
        long start = System.nanoTime();
        long done = drive(load, measured);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Rate(done / seconds, done * (double) load.blockBytes() / (1 << 20) / seconds);
    }

    /// Writes the region once, so that reads find something and thin volumes are allocated.
    void fill() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
        for (long offset = 0; offset < region; offset += bytes.capacity()) {
            device.write(offset, bytes.clear());
        }
        device.flush();
    }

    private long drive(Load load, Duration time) throws InterruptedException, ExecutionException {
        long until = System.nanoTime() + time.toNanos();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var workers = IntStream.range(0, load.inFlight())
                    .<Future<Long>>mapToObj(worker -> executor.submit(worker(load, worker, until)))
                    .toList();
            long done = 0;
            for (Future<Long> worker : workers) done += worker.get();
            return done;
        }
    }

    private Callable<Long> worker(Load load, int worker, long until) {
        return () -> {
            ByteBuffer bytes = ByteBuffer.allocateDirect(load.blockBytes());
            long part = region / load.inFlight() / load.blockBytes() * load.blockBytes();
            long blocks = region / load.blockBytes();
            long done = 0;
            while (System.nanoTime() < until) {
                long offset = load.sequential()
                        ? worker * part + done * load.blockBytes() % part
                        : ThreadLocalRandom.current().nextLong(blocks) * load.blockBytes();
                if (load.write()) device.write(offset, bytes.clear());
                else device.read(offset, bytes.clear());
                done++;
            }
            return done;
        };
    }
}
