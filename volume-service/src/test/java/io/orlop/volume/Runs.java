package io.orlop.volume;

import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// How often each volume was looked at, and what the patrol found.
final class Runs implements LoopObserver {
    /// What nobody had woken.
    final List<Object> missed = new CopyOnWriteArrayList<>();

    /// How many volumes it has looked at to find them.
    final AtomicInteger patrolled = new AtomicInteger();

    private final Map<Object, Integer> counts = new ConcurrentHashMap<>();

    int of(Object id) {
        return counts.getOrDefault(id, 0);
    }

    @Override
    public void ran(String loop, Object id, Outcome outcome, Duration took) {
        counts.merge(id, 1, Integer::sum);
    }

    @Override
    public void failed(String loop, Object id, Throwable thrown, int failuresInRow, Duration pause) {
        counts.merge(id, 1, Integer::sum);
    }

    @Override
    public void missed(String loop, Object id) {
        missed.add(id);
    }

    @Override
    public void patrolled(String loop, int ids) {
        patrolled.addAndGet(ids);
    }
}
