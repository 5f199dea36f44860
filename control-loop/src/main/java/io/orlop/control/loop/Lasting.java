package io.orlop.control.loop;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread that is to go on until it is told to end. What it dies of by surprise is said loudly, and its work begins
/// again.
///
/// ```
///   begin ──► work ──► returns, or is interrupted: ended
///     ▲         │
///     │         └──► throws: log, the thread's handler of uncaught exceptions, pause
///     └───────────────────────────────────────────────────────────────────────┘
/// ```
///
/// Work finds what it needs anew each time it begins; what it has acquired it gives back on its way out. A refusal that
/// the work expects it takes care of itself: what arrives here is a bug, of ours or of somebody whom we called. So it
/// reaches the handler that a thread's death would reach, and a simulation fails of it.
public final class Lasting implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lasting.class);
    private static final BackOff PATIENCE = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(10));
    /// Who went on for this long has recovered: the next surprise is the first again.
    private static final Duration WELL = Duration.ofMinutes(1);

    private final Ambient ambient;
    private final String name;
    private final Work work;
    private final Signal closing;
    private final Signal ended;
    private volatile boolean closed;

    /// What is done for as long as it takes.
    @FunctionalInterface
    public interface Work {
        /// Returns when it was told to end.
        void run() throws InterruptedException;
    }

    private Lasting(Ambient ambient, String name, Work work) {
        this.ambient = ambient;
        this.name = name;
        this.work = work;
        this.closing = ambient.signal();
        this.ended = ambient.signal();
    }

    public static Lasting start(Ambient ambient, String name, Work work) {
        var lasting = new Lasting(ambient, name, work);
        ambient.startNative(name, lasting::run);
        return lasting;
    }

    /// Has the work not begin again. To end what runs is the affair of whoever gave the work.
    @Override
    public void close() {
        closed = true;
        closing.raise();
    }

    /// @return whether the work has ended for good
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        if (!ended.await(atMost)) return false;
        // Others may be waiting for the same.
        ended.raise();
        return true;
    }

    private void run() {
        try {
            int surprises = 0;
            while (true) {
                long began = ambient.nanos();
                try {
                    work.run();
                    return;
                } catch (RuntimeException | Error surprise) {
                    surprises = ambient.nanos() - began >= WELL.toNanos() ? 1 : surprises + 1;
                    Duration pause = PATIENCE.after(surprises, ambient.random());
                    report(surprise, closed ? "does not begin again" : "begins again in " + pause.toMillis() + " ms");
                    if (!closed) closing.await(pause);
                    if (closed) return;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            ended.raise();
        }
    }

    private void report(Throwable surprise, String next) {
        LOG.error("\"{}\" ended by surprise and {}: {}", name, next, String.valueOf(surprise));
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, surprise);
    }
}
