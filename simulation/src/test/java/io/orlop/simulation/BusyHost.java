package io.orlop.simulation;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.simulation.BlockHistory.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A host with one connection to a volume, that writes, reads and flushes from several threads, each in a share of the
/// blocks of its own. Where the connection breaks it connects anew, and then tries what failed again, as the kernel
/// does, or gives it up, as a program does that was told of an error.
final class BusyHost {
    private static final int THREADS = 4;
    private static final int BLOCKS = 64;
    private static final int TRIES = 200;

    private final SimulatedCluster cluster;
    private final Random random;
    private final boolean flushesAll;
    private final BlockHistory history = new BlockHistory(BLOCKS);
    private final ReentrantLock connecting = new ReentrantLock();
    private volatile @Nullable BlockDevice device;
    private volatile String uri;

    /// @param flushesAll whether each write is followed by a flush before it counts
    BusyHost(SimulatedCluster cluster, String uri, boolean flushesAll) {
        this.cluster = cluster;
        this.random = cluster.random();
        this.uri = uri;
        this.flushesAll = flushesAll;
    }

    /// Each thread does this many things, with a pause after each.
    void work(int things, Duration longestPause) throws Exception {
        int share = BLOCKS / THREADS;
        List<Callable<Boolean>> threads = IntStream.range(0, THREADS)
                .<Callable<Boolean>>mapToObj(thread -> () -> {
                    for (int thing = 0; thing < things; thing++) {
                        anything(Piece.any(random, thread * share, (thread + 1) * share));
                        cluster.settle(Duration.ofMillis(random.nextLong(longestPause.toMillis())));
                    }
                    return true;
                })
                .toList();
        cluster.together(threads);
    }

    /// Reads everything, as often as there may be copies to read from.
    void readsAll(int times) throws Exception {
        cluster.stubbornly(() -> {
            for (int time = 0; time < times; time++) {
                for (int first = 0; first < BLOCKS; first += 8) read(new Piece(first, 8));
            }
            return true;
        });
    }

    void moved(String elsewhere) throws IOException {
        disconnect(device);
        uri = elsewhere;
    }

    private void anything(Piece piece) throws Exception {
        switch (random.nextInt(8)) {
            case 0 -> persistently(this::flush);
            case 1, 2, 3 -> persistently(() -> read(piece));
            default -> write(piece);
        }
    }

    private interface Io {
        void run() throws IOException;
    }

    private void persistently(Io io) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                io.run();
                return;
            } catch (IOException failed) {
                if (attempt == TRIES) throw failed;
                cluster.settle(Duration.ofSeconds(1));
            }
        }
    }

    private void write(Piece piece) throws Exception {
        ByteBuffer content = ByteBuffer.allocate(piece.count() * BlockHistory.BLOCK);
        long stamp = history.begin(piece.first(), piece.count(), content);
        for (int attempt = 1; ; attempt++) {
            try {
                with(it -> {
                    it.write((long) piece.first() * BlockHistory.BLOCK, content.duplicate());
                    if (flushesAll) it.flush();
                });
                history.acknowledged(piece.first(), piece.count(), stamp);
                return;
            } catch (IOException failed) {
                if (attempt == TRIES) throw failed;
                if (random.nextInt(4) == 0) return;
                cluster.settle(Duration.ofSeconds(1));
            }
        }
    }

    private void read(Piece piece) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(piece.count() * BlockHistory.BLOCK);
        with(it -> it.read((long) piece.first() * BlockHistory.BLOCK, content.clear()));
        history.read(piece.first(), piece.count(), content);
    }

    private void flush() throws IOException {
        with(BlockDevice::flush);
    }

    private interface Command {
        void on(BlockDevice device) throws IOException;
    }

    private void with(Command command) throws IOException {
        BlockDevice now = connected();
        try {
            command.on(now);
        } catch (IOException failed) {
            if (now.lost()) disconnect(now);
            throw failed;
        }
    }

    private BlockDevice connected() throws IOException {
        connecting.lock();
        try {
            BlockDevice now = device;
            if (now == null) {
                now = cluster.open(uri);
                device = now;
            }
            return now;
        } finally {
            connecting.unlock();
        }
    }

    private void disconnect(@Nullable BlockDevice broken) throws IOException {
        connecting.lock();
        try {
            if (broken == null || device != broken) return;
            device = null;
            broken.close();
        } finally {
            connecting.unlock();
        }
    }
}
