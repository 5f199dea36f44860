package io.orlop.dataplane.rebuild;

import io.orlop.model.RebuildRecord;
import io.orlop.model.RebuildState;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One rebuild of one copy: every segment of the device is copied, several at a time, each under its range's lock.
///
/// ```
///            ┌ worker 1 ─ copy segment 4 ┐
///   next ──► ├ worker 2 ─ copy segment 5 ├──► all done ──► whenEnded(COMPLETED)
///    = 7     └ … 16     ─ copy segment 6 ┘     or the first failure: FAILED; or stop(): STOPPED
/// ```
///
/// It knows nothing of nexuses: what copying a segment means is handed in, and so is what follows from the end.
public final class Rebuild {
    public static final int SEGMENT = 64 << 10;
    private static final int WORKERS = 16;

    /// Copies one segment from a whole copy to the one that is rebuilt.
    public interface Copying {
        /// @return whether anything had to be transferred
        boolean copy(long offset, int length) throws IOException;
    }

    private final String target;
    private final String source;
    private final long size;
    private final int blockSize;
    private final Copying copying;
    private final Consumer<Rebuild> whenEnded;
    private final Ambient ambient;
    private final Instant start;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong recovered = new AtomicLong();
    private final AtomicLong transferred = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private RebuildState state = RebuildState.INIT;
    private @Nullable IOException failure;
    private @Nullable Instant end;

    public Rebuild(
            String source,
            String target,
            long size,
            int blockSize,
            Copying copying,
            Consumer<Rebuild> whenEnded,
            Ambient ambient) {
        this.source = source;
        this.target = target;
        this.size = size;
        this.blockSize = blockSize;
        this.copying = copying;
        this.whenEnded = whenEnded;
        this.ambient = ambient;
        this.start = ambient.now();
    }

    public void start() {
        move(RebuildState.INIT, RebuildState.REBUILDING);
        ambient.start("rebuild", this::run);
    }

    /// Ends it; workers finish the segment they are at. It may have ended before.
    public void stop() {
        end(RebuildState.STOPPED, null);
    }

    public void pause() {
        move(RebuildState.REBUILDING, RebuildState.PAUSED);
    }

    public void resume() {
        move(RebuildState.PAUSED, RebuildState.REBUILDING);
    }

    public RebuildState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    public @Nullable IOException failure() {
        return failure;
    }

    public String target() {
        return target;
    }

    public int percent() {
        return size == 0 ? 100 : (int) (100 * recovered.get() / size);
    }

    /// What is or was done; while it runs, its end is now.
    public RebuildRecord record() {
        long blocksRecovered = recovered.get() / blockSize;
        return new RebuildRecord(
                target,
                source,
                state(),
                size / blockSize,
                blocksRecovered,
                transferred.get() / blockSize,
                size / blockSize - blocksRecovered,
                blockSize,
                false,
                start,
                end == null ? ambient.now() : end);
    }

    private void run() {
        CountDownLatch working = new CountDownLatch(WORKERS);
        for (int i = 0; i < WORKERS; i++) {
            ambient.start("rebuild-worker", () -> {
                try {
                    work();
                } finally {
                    working.countDown();
                }
            });
        }
        boolean interrupted = false;
        while (working.getCount() > 0) {
            try {
                working.await();
            } catch (InterruptedException _) {
                interrupted = true;
                stop();
            }
        }
        if (recovered.get() >= size) end(RebuildState.COMPLETED, null);
        if (interrupted) Thread.currentThread().interrupt();
        whenEnded.accept(this);
    }

    private void work() {
        try {
            while (mayGoOn()) {
                long offset = next.getAndAdd(SEGMENT);
                if (offset >= size) return;
                int length = (int) Math.min(SEGMENT, size - offset);
                if (copying.copy(offset, length)) transferred.addAndGet(length);
                recovered.addAndGet(length);
            }
        } catch (IOException | RuntimeException e) {
            end(RebuildState.FAILED, e instanceof IOException io ? io : new IOException(e));
        }
    }

    private boolean mayGoOn() {
        lock.lock();
        try {
            while (state == RebuildState.PAUSED) changed.awaitUninterruptibly();
            return state == RebuildState.REBUILDING;
        } finally {
            lock.unlock();
        }
    }

    private void move(RebuildState from, RebuildState to) {
        lock.lock();
        try {
            if (state == from) state = to;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The first end counts.
    private void end(RebuildState to, @Nullable IOException why) {
        lock.lock();
        try {
            if (end != null) return;
            end = ambient.now();
            failure = why;
            state = to;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
