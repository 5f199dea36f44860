package io.orlop.benchmarks.store;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One watcher who is far behind, reads as fast as it can, and begins anew whenever it has heard all.
final class Straggler {
    private final int port;
    private final long from;
    private final int changes;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private final Thread thread;
    private long heard;
    private long nanos;

    private Straggler(Contender contender, long from, int changes) {
        this.port = contender.port();
        this.from = from;
        this.changes = changes;
        this.thread = Thread.ofPlatform().start(this::run);
    }

    /// @param from the first revision that it wants
    /// @param changes how many there are since
    static Straggler start(Contender contender, long from, int changes) {
        return new Straggler(contender, from, changes);
    }

    private void run() {
        long start = System.nanoTime();
        try {
            while (!over.get()) catchUp();
        } catch (IOException e) {
            failure.set(e);
        }
        nanos = System.nanoTime() - start;
    }

    private void catchUp() throws IOException {
        Broadcast.Ears ears = new Broadcast.Ears();
        try (Selector selector = Selector.open();
                RawConnection connection = RawConnection.open(port, "Watch/Watch", selector, ears)) {
            connection.send(connection.open(), Broadcast.allKeysFrom(from));
            connection.flush();
            while (ears.events < changes && !over.get()) ears.turn(selector);
        } finally {
            heard += ears.events;
        }
    }

    /// @return how many changes it heard of in a second
    double stop() throws IOException, InterruptedException {
        over.set(true);
        thread.join();
        IOException why = failure.get();
        if (why != null) throw why;
        return heard / (nanos / 1e9);
    }
}
