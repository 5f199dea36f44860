package io.orlop.standalone;

import io.micrometer.core.instrument.MeterRegistry;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.Outcome;
import io.orlop.control.spring.LoggedLoops;
import io.orlop.control.spring.MeteredLoops;
import java.time.Duration;

/// What the services' loops do: in the log from the beginning, and counted as soon as the gateway is there to show it.
final class DemoLoops implements LoopObserver {
    private volatile LoopObserver next = new LoggedLoops();

    void count(MeterRegistry meters) {
        next = new MeteredLoops(meters, new LoggedLoops());
    }

    @Override
    public void ran(String loop, Object id, Outcome outcome, Duration took) {
        next.ran(loop, id, outcome, took);
    }

    @Override
    public void failed(String loop, Object id, Throwable thrown, int failuresInRow, Duration pause) {
        next.failed(loop, id, thrown, failuresInRow, pause);
    }

    @Override
    public void missed(String loop, Object id) {
        next.missed(loop, id);
    }

    @Override
    public void sized(String loop, int known, int running) {
        next.sized(loop, known, running);
    }
}
