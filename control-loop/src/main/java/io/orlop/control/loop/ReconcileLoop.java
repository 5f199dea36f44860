package io.orlop.control.loop;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Calls a reconciler for every id that was woken: never twice at a time for one id, several ids at once, again after
/// what it asks for, after failures with growing pauses, and for everything dirty once in a period even if nobody woke
/// it. Starts paused; whoever leads resumes it.
///
/// ```
///   wake(id) ──┐                              ┌── worker ── reconcile(id) ──┐
///   period ────┼──► slots (one for each id) ──┼── worker ── reconcile(id) ──┼──► Settled, Again, Blocked, thrown
///   alarms ────┘         ▲                    └── worker ── reconcile(id) ──┘            │
///                        └───────────────────────────────────────────────────────────────┘
/// ```
///
/// `K` needs `equals` and a `hashCode` that does not vary from run to run (records of strings do).
public final class ReconcileLoop<K> implements AutoCloseable {
    private final Ambient ambient;
    private final LoopSettings settings;
    private final Reconciler<K> reconciler;
    private final Supplier<? extends Collection<K>> dirty;
    private final BooleanSupplier mayRun;
    private final LoopObserver observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Slots<K> slots = new Slots<>();
    private final Map<K, Thread> workers = new LinkedHashMap<>();
    private final Signal stirred;
    private final Signal ended;
    private boolean paused = true;
    private boolean resyncDue;
    private volatile boolean closed;

    /// @param dirty the ids that are not as they should be, asked once in a period and when the loop is resumed
    /// @param mayRun asked before every run; while it says no (the store is offline), nothing is started
    public ReconcileLoop(
            Ambient ambient,
            LoopSettings settings,
            Reconciler<K> reconciler,
            Supplier<? extends Collection<K>> dirty,
            BooleanSupplier mayRun,
            LoopObserver observer) {
        this.ambient = ambient;
        this.settings = settings;
        this.reconciler = reconciler;
        this.dirty = dirty;
        this.mayRun = mayRun;
        this.observer = observer;
        this.stirred = ambient.signal();
        this.ended = ambient.signal();
    }

    /// Starts the loop's own thread. It does nothing before [#resume()].
    public ReconcileLoop<K> start() {
        ambient.start(settings.name(), this::dispatch);
        return this;
    }

    /// Asks for a look at this id. Many wakes before the look are one; a wake during the look brings another.
    public void wake(K id) {
        locked(() -> slots.wake(id));
        stirred.raise();
    }

    /// Starts nothing more; what is running goes on (the fence keeps it from writing).
    public void pause() {
        locked(() -> paused = true);
    }

    /// Goes on, beginning with everything dirty.
    public void resume() {
        locked(() -> {
            paused = false;
            resyncDue = true;
        });
        stirred.raise();
    }

    /// What waits for something outside, and for what.
    public Map<K, String> blocked() {
        lock.lock();
        try {
            return slots.parked();
        } finally {
            lock.unlock();
        }
    }

    /// Whether nothing is running or ready to run.
    public boolean isIdle() {
        lock.lock();
        try {
            return slots.isIdle();
        } finally {
            lock.unlock();
        }
    }

    /// Starts nothing more and waits this long for what is running, then interrupts it.
    public void close(Duration grace) throws InterruptedException {
        closed = true;
        stirred.raise();
        long deadline = ambient.nanos() + grace.toNanos();
        for (long left = grace.toNanos(); left > 0 && anyRunning(); left = deadline - ambient.nanos()) {
            ended.await(Duration.ofNanos(left));
        }
        locked(() -> workers.values().forEach(Thread::interrupt));
    }

    @Override
    public void close() {
        try {
            close(Duration.ofSeconds(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean anyRunning() {
        lock.lock();
        try {
            return slots.running() > 0;
        } finally {
            lock.unlock();
        }
    }

    private void dispatch() {
        long periodNanos = settings.period().toNanos();
        long nextResync = ambient.nanos() + periodNanos;
        try {
            while (!closed) {
                boolean may = mayRun.getAsBoolean();
                long now = ambient.nanos();
                if (may && takeResync(now >= nextResync)) {
                    nextResync = now + periodNanos;
                    resync();
                }
                long pause = startReady(may);
                // While it may not run nobody tells when it may again: look once a second.
                long untilResync = may && !isPaused() ? nextResync - ambient.nanos() : 1_000_000_000L;
                stirred.await(Duration.ofNanos(Math.max(1, Math.min(pause, untilResync))));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isPaused() {
        lock.lock();
        try {
            return paused;
        } finally {
            lock.unlock();
        }
    }

    private boolean takeResync(boolean periodOver) {
        lock.lock();
        try {
            if (paused || !resyncDue && !periodOver) return false;
            resyncDue = false;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void resync() {
        try {
            List<K> ids = new ArrayList<>(dirty.get());
            locked(() -> ids.forEach(slots::remind));
        } catch (RuntimeException e) {
            observer.failed(settings.name(), "everything dirty", e, 1, settings.period());
        }
    }

    /// Starts a worker for everything that is ready, as far as the bound allows.
    ///
    /// @return nanoseconds until the next alarm
    private long startReady(boolean may) {
        lock.lock();
        try {
            long next = slots.ring(ambient.nanos());
            if (may && !paused && !closed) {
                for (K id = slots.take(settings.parallel()); id != null; id = slots.take(settings.parallel())) {
                    K taken = id;
                    workers.put(taken, ambient.start(settings.name() + " " + taken, () -> work(taken)));
                }
            }
            observer.sized(settings.name(), slots.known(), slots.running());
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void work(K id) {
        long begun = ambient.nanos();
        try {
            Outcome outcome = reconciler.reconcile(id);
            observer.ran(settings.name(), id, outcome, Duration.ofNanos(ambient.nanos() - begun));
            locked(() -> slots.ended(id, outcome, ambient.nanos()));
        } catch (InterruptedException _) {
            // Only a closing loop interrupts.
            locked(() -> slots.ended(id, Outcome.settled(), ambient.nanos()));
        } catch (Exception | AssertionError thrown) {
            failed(id, thrown);
        } finally {
            locked(() -> workers.remove(id, Thread.currentThread()));
            stirred.raise();
            ended.raise();
        }
    }

    private void failed(K id, Throwable thrown) {
        int failures;
        Duration pause;
        lock.lock();
        try {
            failures = slots.failed(id);
            pause = settings.backOff().after(failures, ambient.random());
            slots.failedUntil(id, ambient.nanos() + pause.toNanos());
        } finally {
            lock.unlock();
        }
        observer.failed(settings.name(), id, thrown, failures, pause);
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}
