package io.orlop.benchmarks.control;

import io.orlop.benchmarks.demo.Latencies;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Many clients at once, each with one request at a time.
record Clients(Rest rest, int clients) {
    /// What a load came to.
    ///
    /// @param notOnline how many of the answers did not say Online
    record Created(Latencies latencies, double seconds, List<String> ids, int notOnline) {
        double perSecond() {
            return ids.size() / seconds;
        }
    }

    interface Work {
        void of(String id) throws Exception;
    }

    Created create(int volumes) throws Exception {
        var left = new AtomicInteger(volumes);
        return create(() -> left.getAndDecrement() > 0);
    }

    Created createFor(double seconds) throws Exception {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        return create(() -> System.nanoTime() < end);
    }

    /// So many a second, whoever of the clients is free: a create has waited since it was due.
    Created createAt(double perSecond, double seconds) throws Exception {
        long start = System.nanoTime();
        var begun = new AtomicInteger();
        return create(() -> begun.get() < perSecond * seconds, () -> {
            long due = start + (long) (begun.getAndIncrement() / perSecond * 1e9);
            LockSupport.parkNanos(due - System.nanoTime());
            return due;
        });
    }

    private Created create(BooleanSupplier more) throws Exception {
        return create(more, System::nanoTime);
    }

    /// @param turn waits until it is time for the next one, and says since when
    private Created create(BooleanSupplier more, LongSupplier turn) throws Exception {
        List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
        List<String> ids = Collections.synchronizedList(new ArrayList<>());
        var notOnline = new AtomicInteger();
        long start = System.nanoTime();
        inParallel(() -> {
            while (more.getAsBoolean()) {
                String id = UUID.randomUUID().toString();
                long began = turn.getAsLong();
                if (!rest.create(id)) notOnline.incrementAndGet();
                nanos.add(System.nanoTime() - began);
                ids.add(id);
            }
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Created(new Latencies(nanos), seconds, List.copyOf(ids), notOnline.get());
    }

    void each(List<String> ids, Work work) throws Exception {
        var next = new AtomicInteger();
        inParallel(() -> {
            for (int i = next.getAndIncrement(); i < ids.size(); i = next.getAndIncrement()) work.of(ids.get(i));
        });
    }

    private interface Task {
        void run() throws Exception;
    }

    private void inParallel(Task task) throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (int client = 0; client < clients; client++) {
                running.add(executor.submit(() -> {
                    task.run();
                    return null;
                }));
            }
            for (Future<?> one : running) one.get();
        }
    }
}
