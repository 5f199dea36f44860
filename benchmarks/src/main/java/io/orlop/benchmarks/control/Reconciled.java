package io.orlop.benchmarks.control;

import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.Outcome;
import io.orlop.control.spring.LoggedLoops;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts what the loops do, and notes when each of some ids was looked at first.
final class Reconciled implements LoopObserver {
    private static final LoopObserver LOG = new LoggedLoops();

    private final LongAdder runs = new LongAdder();
    private final LongAdder missed = new LongAdder();
    private final Set<String> awaited = ConcurrentHashMap.newKeySet();
    private volatile long armed;
    private volatile long latest;

    @Override
    public void ran(String loop, Object id, Outcome outcome, Duration took) {
        runs.increment();
        if (!awaited.isEmpty() && awaited.remove(id.toString())) latest = System.nanoTime();
        LOG.ran(loop, id, outcome, took);
    }

    @Override
    public void failed(String loop, Object id, Throwable thrown, int failuresInRow, Duration pause) {
        LOG.failed(loop, id, thrown, failuresInRow, pause);
    }

    @Override
    public void missed(String loop, Object id) {
        missed.increment();
    }

    void await(Set<String> ids) {
        awaited.clear();
        awaited.addAll(ids);
        armed = System.nanoTime();
    }

    /// How many are still awaited, and after how many milliseconds the latest came.
    String awaited() {
        return awaited.size() + " " + (latest - armed) / 1_000_000;
    }

    String counts() {
        return runs + " " + missed;
    }
}
