package io.orlop.benchmarks.store;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// What some work came to.
///
/// @param cpuNanos of the whole process, while it lasted
record Throughput(long done, long nanos, long cpuNanos) {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    static double systemLoad() {
        return SYSTEM.getSystemLoadAverage();
    }

    /// Used after a collection.
    static long heapBytes() {
        for (int i = 0; i < 3; i++) System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    static Throughput of(long done, ThrowingRunnable work) {
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        try {
            work.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return new Throughput(done, System.nanoTime() - start, SYSTEM.getProcessCpuTime() - cpu);
    }

    interface ThrowingRunnable {
        void run() throws Exception;
    }

    /// So many callers, each of which waits for its answer before it asks again.
    static Throughput blocking(int callers, ThreadFactory threads, Duration time, LongFunction<?> work)
            throws InterruptedException {
        AtomicLong numbers = new AtomicLong();
        AtomicLong done = new AtomicLong();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        long until = start + time.toNanos();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread caller = threads.newThread(() -> {
                long mine = 0;
                try {
                    for (; System.nanoTime() < until; mine++) {
                        var _ = work.apply(numbers.getAndIncrement());
                    }
                } catch (RuntimeException e) {
                    failure.set(e);
                }
                done.addAndGet(mine);
            });
            all.add(caller);
            caller.start();
        }
        for (Thread caller : all) caller.join();
        if (failure.get() != null) throw new IllegalStateException(failure.get());
        return new Throughput(done.get(), System.nanoTime() - start, SYSTEM.getProcessCpuTime() - cpu);
    }

    /// One caller that does not wait, with so many requests unanswered at most.
    static Throughput inFlight(int most, long count, LongFunction<CompletableFuture<?>> work) {
        return Throughput.of(count, () -> {
            Semaphore room = new Semaphore(most);
            for (long i = 0; i < count; i++) ask(room, work, i);
            room.acquire(most);
        });
    }

    /// The same for some time.
    static Throughput inFlight(int most, Duration time, LongFunction<CompletableFuture<?>> work) {
        long[] asked = new long[1];
        Throughput load = Throughput.of(0, () -> {
            Semaphore room = new Semaphore(most);
            long until = System.nanoTime() + time.toNanos();
            for (; System.nanoTime() < until; asked[0]++) ask(room, work, asked[0]);
            room.acquire(most);
        });
        return new Throughput(asked[0], load.nanos, load.cpuNanos);
    }

    private static void ask(Semaphore room, LongFunction<CompletableFuture<?>> work, long number)
            throws InterruptedException {
        room.acquire();
        var _ = work.apply(number).whenComplete((_, failure) -> {
            if (failure != null) failure.printStackTrace();
            room.release();
        });
    }

    void print(String work, String synced, String bar) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %,.0f | %.1f | %s |%n",
                work,
                synced,
                done * 1e9 / nanos,
                cpuNanos / 1e3 / done,
                bar);
    }

    void printSeconds(String work, String synced, String bar) {
        System.out.printf(
                Locale.ROOT, "| %s | %s | in %.2f s | %,d | %s |%n", work, synced, nanos / 1e9, cpuNanos / 1000, bar);
    }
}
