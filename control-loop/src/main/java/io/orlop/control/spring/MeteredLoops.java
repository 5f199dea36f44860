package io.orlop.control.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what the loops do: `orlop.reconcile` (time of runs by outcome), `orlop.reconcile.known`,
/// `orlop.reconcile.running`, and `orlop.reconcile.missed`: what the patrol found that nobody had woken.
public final class MeteredLoops implements LoopObserver {
    private final MeterRegistry meters;
    private final LoopObserver next;
    private final Map<String, AtomicInteger> sizes = new ConcurrentHashMap<>();

    /// @param next is told the same
    public MeteredLoops(MeterRegistry meters, LoopObserver next) {
        this.meters = meters;
        this.next = next;
    }

    @Override
    public void ran(String loop, Object id, Outcome outcome, Duration took) {
        String said =
                switch (outcome) {
                    case Outcome.Settled _ -> "settled";
                    case Outcome.Again _ -> "again";
                    case Outcome.Blocked _ -> "blocked";
                };
        meters.timer("orlop.reconcile", "loop", loop, "outcome", said).record(took);
        next.ran(loop, id, outcome, took);
    }

    @Override
    public void failed(String loop, Object id, Throwable thrown, int failuresInRow, Duration pause) {
        meters.counter("orlop.reconcile.failures", "loop", loop).increment();
        next.failed(loop, id, thrown, failuresInRow, pause);
    }

    @Override
    public void missed(String loop, Object id) {
        meters.counter("orlop.reconcile.missed", "loop", loop).increment();
        next.missed(loop, id);
    }

    @Override
    public void patrolled(String loop, int ids) {
        meters.counter("orlop.reconcile.patrolled", "loop", loop).increment(ids);
        next.patrolled(loop, ids);
    }

    @Override
    public void sized(String loop, int known, int running) {
        gauge("orlop.reconcile.known", loop).set(known);
        gauge("orlop.reconcile.running", loop).set(running);
        next.sized(loop, known, running);
    }

    private AtomicInteger gauge(String name, String loop) {
        return sizes.computeIfAbsent(
                name + " " + loop, _ -> meters.gauge(name, Tags.of("loop", loop), new AtomicInteger()));
    }
}
