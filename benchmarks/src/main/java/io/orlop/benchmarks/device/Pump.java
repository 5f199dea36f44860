package io.orlop.benchmarks.device;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;

/// Keeps a load's operations under way over one connection, and notes how long each took.
final class Pump {
    private static final long LONGEST_NANOS = 60_000_000_000L;

    /// @param perSecond operations
    /// @param latency in nanoseconds
    record Outcome(double perSecond, Histogram latency) {
        double micros(double percentile) {
            return latency.getValueAtPercentile(percentile) / 1e3;
        }

        /// Of connections that ran at the same time.
        Outcome and(Outcome other) {
            Histogram both = latency.copy();
            both.add(other.latency);
            return new Outcome(perSecond + other.perSecond, both);
        }
    }

    private final Wire wire;
    private final Load load;
    private final long region;
    private final long[] started;
    private Histogram latency = histogram();
    private long next;
    private int underWay;
    private boolean stopping;

    /// @param region the part of the device that is used, in bytes
    Pump(Wire wire, Load load, long region) {
        this.wire = wire;
        this.load = load;
        this.region = region;
        this.started = new long[load.depth()];
    }

    private static Histogram histogram() {
        return new Histogram(LONGEST_NANOS, 3);
    }

    /// @param warmUpNanos of the same load before, which does not count
    Outcome run(long warmUpNanos, long measuredNanos) throws IOException {
        IntConsumer ended = this::ended;
        for (int operation = 0; operation < load.depth(); operation++) begin(operation);
        until(System.nanoTime() + warmUpNanos, ended);
        latency = histogram();
        long begun = System.nanoTime();
        until(begun + measuredNanos, ended);
        Histogram measured = latency;
        double seconds = (System.nanoTime() - begun) / 1e9;
        latency = histogram();
        stopping = true;
        while (underWay > 0) wire.await(ended);
        return new Outcome(measured.getTotalCount() / seconds, measured);
    }

    /// Goes through the region once from its start, and makes durable what it wrote.
    void fill() throws IOException {
        once();
        wire.beginFlush(0);
        underWay++;
        while (underWay > 0) wire.await(_ -> underWay--);
    }

    /// Goes through the region once from its start.
    void once() throws IOException {
        long blocks = region / load.bytes();
        IntConsumer ended = operation -> {
            underWay--;
            if (next < blocks) begin(operation);
        };
        for (int operation = 0; operation < load.depth(); operation++) begin(operation);
        while (underWay > 0) wire.await(ended);
    }

    private void until(long end, IntConsumer ended) throws IOException {
        while (System.nanoTime() < end) wire.await(ended);
    }

    private void ended(int operation) {
        underWay--;
        latency.recordValue(System.nanoTime() - started[operation]);
        if (!stopping) begin(operation);
    }

    private void begin(int operation) {
        long blocks = region / load.bytes();
        long block = load.sequential()
                ? next++ % blocks
                : ThreadLocalRandom.current().nextLong(blocks);
        started[operation] = System.nanoTime();
        underWay++;
        wire.begin(operation, load.write(), block * load.bytes(), load.bytes());
    }
}
