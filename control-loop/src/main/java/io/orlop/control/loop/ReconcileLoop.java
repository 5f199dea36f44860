package io.orlop.control.loop;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Calls a reconciler for every id that was woken: never twice at a time for one id, several ids at once, again after
/// what it asks for, after failures with growing pauses, and for what is blocked once in a period. The slots are the
/// ids that are not as they should be; a [Patrol] looks for others, which nobody woke. Starts paused; whoever leads
/// resumes it.
///
/// ```
///   wake(id) ──┐                              ┌── worker ── reconcile(id) ──┐
///   alarms ────┼──► slots (one for each id) ──┼── worker ── reconcile(id) ──┼──► Settled, Again, Blocked, thrown
///   patrol ────┘         ▲                    └── worker ── reconcile(id) ──┘            │
///                        └───────────────────────────────────────────────────────────────┘
/// ```
///
/// Whoever makes an id ready starts its worker, if there is room; whoever leaves room starts the next. The loop's own
/// thread is there for what no other thread comes by for: alarms and the patrol.
///
/// What a worker changes itself is no news to it: a wake from its own thread does not bring it back, so that
/// `Again(after)` holds until the time has come or something else has changed.
///
/// `K` needs `equals` and a `hashCode` that does not vary from run to run (records of strings do).
public final class ReconcileLoop<K> implements AutoCloseable {
    private final Ambient ambient;
    private final LoopSettings settings;
    private final Reconciler<K> reconciler;
    private final Scope<K> scope;
    private final Patrol<K> patrol;
    private final BooleanSupplier mayRun;
    private final LoopObserver observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Slots<K> slots = new Slots<>();
    private final Map<K, Thread> workers = new LinkedHashMap<>();
    private final Signal stirred;
    private final Signal ended;
    private boolean paused = true;
    private boolean resyncDue;
    /// When the loop's own thread looks next, if nobody stirs it.
    private long nextLookNanos;
    /// Only the loop's own thread looks at it.
    private long nextReminderNanos;

    private volatile boolean closed;

    /// @param scope looked through when the loop is resumed, and little by little ever after
    /// @param mayRun asked before every run, at once; while it says no (the store is offline), nothing is started
    public ReconcileLoop(
            Ambient ambient,
            LoopSettings settings,
            Reconciler<K> reconciler,
            Scope<K> scope,
            BooleanSupplier mayRun,
            LoopObserver observer) {
        this.ambient = ambient;
        this.settings = settings;
        this.reconciler = reconciler;
        this.scope = scope;
        this.patrol = new Patrol<>(
                scope, settings.patrolPerSecond(), settings.period().toNanos(), ambient.nanos());
        this.mayRun = mayRun;
        this.observer = observer;
        this.stirred = ambient.signal();
        this.ended = ambient.signal();
    }

    /// Starts the loop's own thread. It does nothing before [#resume()].
    public ReconcileLoop<K> start() {
        ambient.startNative(settings.name(), this::dispatch);
        return this;
    }

    /// Asks for a look at this id. Many wakes before the look are one; a wake during the look brings another.
    ///
    /// While the loop is paused nobody keeps a list of what was woken: it would grow for as long as a copy follows,
    /// and what needs work would wait behind all that is well. The look at everything with which the loop goes
    /// on finds it.
    public void wake(K id) {
        locked(() -> {
            if (workers.get(id) == Thread.currentThread()) return;
            if (paused && !slots.knows(id)) return;
            slots.wake(id);
            startReady();
        });
    }

    /// Wakes this id if it is not as it should be. One that waits is woken, too, so that nobody reads of it what it
    /// waited for.
    public void look(K id) {
        // A copy that follows hears of every change and wakes nobody: it need not find out either.
        if (sleeps(id)) return;
        if (scope.needsALook(id) || blocked(id) != null) wake(id);
    }

    private boolean sleeps(K id) {
        return locked(() -> paused && !slots.knows(id));
    }

    /// Starts nothing more; what is running goes on (the fence keeps it from writing).
    public void pause() {
        locked(() -> paused = true);
    }

    /// Goes on, beginning with a look at everything.
    public void resume() {
        locked(() -> {
            paused = false;
            resyncDue = true;
        });
        stirred.raise();
    }

    /// What this id waits for, in a sentence; `null` if it waits for nothing outside.
    public @Nullable String blocked(K id) {
        return locked(() -> slots.parked(id));
    }

    /// What waits for something outside, and for what.
    public Map<K, String> blocked() {
        return locked(() -> slots.parked());
    }

    /// Whether nothing is running or ready to run.
    public boolean isIdle() {
        return locked(() -> slots.isIdle());
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
        return locked(() -> slots.running() > 0);
    }

    private void dispatch() {
        try {
            while (!closed) {
                try {
                    long pause = turn();
                    stirred.await(Duration.ofNanos(Math.max(1, pause)));
                } catch (RuntimeException | Error unexpected) {
                    // A look that fails must not end the loop: whoever leads would do nothing, and nobody would know.
                    observer.failed(settings.name(), "a look at everything", unexpected, 1, settings.period());
                    ambient.sleep(settings.backOff().first());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return nanoseconds until the next
    private long turn() {
        // Alarms first: a look that fails must not keep from their turn those that have nothing to do with it.
        ring();
        if (locked(this::mayStart)) look();
        return ring();
    }

    /// @return nanoseconds until the next alarm, the patrol or a reminder
    private long ring() {
        return locked(() -> {
            long now = ambient.nanos();
            long alarm = slots.ring(now);
            startReady();
            // While it may not run nobody tells when it may again: look once a second.
            long pause = Math.min(alarm, mayStart() ? untilLook(now) : Patrol.SECOND);
            nextLookNanos = now + pause;
            return pause;
        });
    }

    private void look() {
        long now = ambient.nanos();
        if (takeResync()) {
            lookAtEverything(now);
            return;
        }
        int looks = patrol.step(now, id -> {
            if (locked(() -> slots.remind(id))) observer.missed(settings.name(), id);
        });
        if (looks > 0) observer.patrolled(settings.name(), looks);
        if (now - nextReminderNanos >= 0) {
            nextReminderNanos = now + Patrol.SECOND;
            long since = now - settings.period().toNanos();
            locked(() -> slots.remindParked(since, settings.patrolPerSecond()));
        }
    }

    /// Called with the lock held.
    private long untilLook(long now) {
        long reminder = slots.parkedSinceNanos(now) + settings.period().toNanos();
        return Math.min(patrol.nextStepNanos() - now, Math.max(reminder - now, nextReminderNanos - now));
    }

    private void lookAtEverything(long now) {
        try {
            patrol.everything(now, id -> locked(() -> slots.remind(id)));
            nextReminderNanos = now + settings.period().toNanos();
        } catch (RuntimeException | Error failed) {
            locked(() -> resyncDue = true);
            throw failed;
        }
    }

    private boolean takeResync() {
        return locked(() -> {
            boolean due = resyncDue;
            resyncDue = false;
            return due;
        });
    }

    /// Called with the lock held.
    private boolean mayStart() {
        return !paused && !closed && mayRun.getAsBoolean();
    }

    /// Starts a worker for everything that is ready, as far as the bound allows. Called with the lock held.
    private void startReady() {
        if (mayStart()) {
            for (K id = slots.take(settings.parallel()); id != null; id = slots.take(settings.parallel())) {
                K taken = id;
                workers.put(taken, ambient.start(settings.name() + " " + taken, () -> work(taken)));
            }
        }
        observer.sized(settings.name(), slots.known(), slots.running());
    }

    private void work(K id) {
        long begun = ambient.nanos();
        try {
            Outcome outcome = reconciler.reconcile(id);
            observer.ran(settings.name(), id, outcome, Duration.ofNanos(ambient.nanos() - begun));
            ended(id, outcome);
        } catch (InterruptedException _) {
            // Only a closing loop interrupts.
            ended(id, Outcome.settled());
        } catch (Throwable thrown) {
            // Whatever it is: an id that stayed in its slot as running would never be looked at again.
            failed(id, thrown);
        }
    }

    private void ended(K id, Outcome outcome) {
        leave(id, () -> slots.ended(id, outcome, ambient.nanos()));
    }

    private void failed(K id, Throwable thrown) {
        int inARow = locked(() -> slots.failed(id));
        Duration pause = settings.backOff().after(inARow, ambient.random());
        leave(id, () -> slots.failedUntil(id, ambient.nanos() + pause.toNanos()));
        observer.failed(settings.name(), id, thrown, inARow, pause);
    }

    /// The end of a worker: its room is for the next, and an alarm that it has set may ring before the next look.
    private void leave(K id, Runnable how) {
        locked(() -> {
            how.run();
            workers.remove(id, Thread.currentThread());
            startReady();
            if (slots.ringsBefore(nextLookNanos)) stirred.raise();
        });
        ended.raise();
    }

    private void locked(Runnable change) {
        locked(() -> {
            change.run();
            return true;
        });
    }

    private <R extends @Nullable Object> R locked(Supplier<R> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }
}
