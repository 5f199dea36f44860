package io.orlop.model.ambient;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// Time, threads and chance. All code of services and agents takes them from here and from nowhere else: then one
/// seed decides a whole cluster's run (`simulation`). For the same reason nothing waits with a time limit on its own:
/// a timed wait is a [Signal] made here.
public interface Ambient {
    /// The wall clock: for what is shown and stored, not for measuring.
    Instant now();

    /// A clock that never goes back, in nanoseconds from an arbitrary start: for deadlines and ages.
    long nanos();

    /// Blocks the calling thread for this long.
    void sleep(Duration time) throws InterruptedException;

    /// A new signal, not raised.
    Signal signal();

    /// Makes the threads that everything runs on: virtual, not started.
    ThreadFactory threads();

    RandomGenerator random();

    /// Starts a thread of this name.
    default Thread start(String name, Runnable work) {
        Thread thread = threads().newThread(work);
        thread.setName(name);
        thread.start();
        return thread;
    }

    /// Starts a thread that the operating system schedules: for what computes for long, and for what must be in time
    /// beside it. Virtual threads are not preempted: as many that compute as there are processors keep all others
    /// waiting, a leader's renewals among them.
    default Thread startNative(String name, Runnable work) {
        return start(name, work);
    }

    /// A new executor with a thread for each task; the caller closes it.
    default ExecutorService threadPerTask() {
        return Executors.newThreadPerTaskExecutor(threads());
    }

    /// The machine's own clock, virtual threads and randomness.
    static Ambient system() {
        return SystemAmbient.INSTANCE;
    }
}
