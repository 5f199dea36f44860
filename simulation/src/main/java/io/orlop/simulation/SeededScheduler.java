package io.orlop.simulation;

import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Runs virtual threads one at a time, in an order drawn from a seed, in virtual time.
///
/// ```
///   ready:     [ a  b  c ]   one is drawn and runs until it blocks (on a lock, a signal, a sleep) or ends
///   sleepers:  5 ms: d       when nobody is ready, the clock jumps to the first of them and wakes it
///              9 ms: e
/// ```
///
/// The thread that calls [#run] and its kin carries all of them, so nothing here needs a lock. What wakes a simulated
/// thread from any other thread (a timed wait of the JDK, real I/O) breaks the simulation; that is noticed and fails
/// it.
///
/// Processes are told apart by their [SeededAmbient]. A crashed process simply is not run any more: whatever its
/// threads held or were about to do, they hold and do no longer matter. So threads of one process must not run through
/// the code of another that can block there: a simulated call starts a thread of the callee.
public final class SeededScheduler {
    private static final long STEPS_LIMIT = 50_000_000;

    private final long seed;
    private final Random random;
    private final Thread carrier = Thread.currentThread();
    private final List<Turn> ready = new ArrayList<>();
    private final PriorityQueue<Wake> sleepers =
            new PriorityQueue<>(Comparator.comparingLong(Wake::atNanos).thenComparingLong(Wake::order));
    private final List<Throwable> uncaught = new ArrayList<>();
    private final List<Runnable> invariants = new ArrayList<>();
    private long nowNanos;
    private long sleeps;
    private long steps;
    private int processes;
    private volatile @Nullable String intruder;

    private record Turn(SeededAmbient process, Runnable continuation) {}

    record Wake(long atNanos, long order, SeededAmbient process, Thread thread) {}

    public SeededScheduler(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    public long seed() {
        return seed;
    }

    /// Chance that belongs to the world and to no process: for faults and for the test's own choices.
    public Random random() {
        return random;
    }

    public Duration elapsed() {
        return Duration.ofNanos(nowNanos);
    }

    /// The surroundings of a new process. A process that is started again gets new ones.
    public SeededAmbient process(String name) {
        return new SeededAmbient(this, name, new Random(seed * 31 + processes++));
    }

    /// Has something checked after every turn from now on. It sees the world between two turns and must not block.
    public void always(Runnable invariant) {
        invariants.add(invariant);
    }

    /// Runs until nobody can move any more. Does not return while anybody sleeps and wakes for ever.
    public void run() {
        while (step(Long.MAX_VALUE)) {}
        check();
    }

    /// Runs for this long in virtual time.
    public void runFor(Duration time) {
        long until = nowNanos + time.toNanos();
        while (step(until)) {}
        nowNanos = until;
        check();
    }

    /// Runs until it holds.
    ///
    /// @throws AssertionError if it does not hold within this virtual time
    public void runUntil(String what, BooleanSupplier holds, Duration atMost) {
        long until = nowNanos + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            if (!step(until)) {
                check();
                if (holds.getAsBoolean()) return;
                throw new AssertionError(what + " did not come true within " + atMost + " of virtual time");
            }
        }
        check();
    }

    /// Runs while it holds, for this long at most.
    void runWhile(BooleanSupplier holds, Duration atMost) {
        long until = nowNanos + Math.min(atMost.toNanos(), Long.MAX_VALUE - nowNanos);
        while (holds.getAsBoolean()) {
            if (step(until)) continue;
            nowNanos = until;
            break;
        }
        check();
    }

    boolean isCarrier() {
        return Thread.currentThread() == carrier;
    }

    /// Does blocking work on a simulated thread of this process, and runs the world until it has ended.
    @SuppressWarnings("NullAway") // Null only where T allows it.
    public <T extends @Nullable Object> T call(Ambient process, Callable<T> work) throws Exception {
        var answer = new Object() {
            boolean given;

            @Nullable
            T value;

            @Nullable
            Exception thrown;
        };
        process.start("the test's call", () -> {
            try {
                answer.value = work.call();
            } catch (Exception e) {
                answer.thrown = e;
            }
            answer.given = true;
        });
        runUntil("the end of the test's call", () -> answer.given, Duration.ofHours(1));
        if (answer.thrown != null) throw answer.thrown;
        return answer.value;
    }

    /// What simulated threads have died of.
    public List<Throwable> uncaught() {
        return List.copyOf(uncaught);
    }

    /// @return whether anything was done without passing this time
    private boolean step(long untilNanos) {
        if (!ready.isEmpty()) {
            if (++steps > STEPS_LIMIT) throw new AssertionError("still busy after " + STEPS_LIMIT + " steps");
            Turn turn = ready.remove(random.nextInt(ready.size()));
            if (turn.process().isCrashed()) return true;
            turn.continuation().run();
            invariants.forEach(Runnable::run);
            return true;
        }
        Wake wake = sleepers.peek();
        if (wake == null || wake.atNanos() > untilNanos) return false;
        sleepers.remove();
        if (wake.process().isCrashed()) return true;
        nowNanos = Math.max(nowNanos, wake.atNanos());
        LockSupport.unpark(wake.thread());
        return true;
    }

    private void check() {
        if (intruder != null) {
            throw new IllegalStateException("a simulated thread was woken by " + intruder
                    + ": real time or real I/O got into the simulation; waits take their time limit from Signal");
        }
        if (!uncaught.isEmpty()) {
            var error = new AssertionError("a simulated thread died of " + uncaught.getFirst(), uncaught.getFirst());
            uncaught.clear();
            throw error;
        }
    }

    long nowNanos() {
        return nowNanos;
    }

    Wake wakeAt(long atNanos, SeededAmbient process) {
        var wake = new Wake(atNanos, sleeps++, process, Thread.currentThread());
        sleepers.add(wake);
        return wake;
    }

    void forget(Wake wake) {
        sleepers.remove(wake);
    }

    /// Threads whose every turn is drawn here. The constructor is internal to the JDK and opened for tests only; were
    /// it closed, reconcilers would have to become step functions that a test turns.
    ThreadFactory threads(SeededAmbient process) {
        Executor turns = continuation -> enqueue(process, continuation);
        try {
            var builder = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                    .getDeclaredConstructor(Executor.class);
            builder.setAccessible(true);
            return ((Thread.Builder.OfVirtual) builder.newInstance(turns))
                    .uncaughtExceptionHandler((_, thrown) -> uncaught.add(thrown))
                    .factory();
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException(
                    "simulation needs --add-opens java.base/java.lang=ALL-UNNAMED on the command line of the JVM", e);
        }
    }

    private void enqueue(SeededAmbient process, Runnable continuation) {
        Thread caller = Thread.currentThread();
        if (!caller.isVirtual() && caller != carrier) {
            intruder = caller.getName();
            return;
        }
        if (!process.isCrashed()) ready.add(new Turn(process, continuation));
    }
}
