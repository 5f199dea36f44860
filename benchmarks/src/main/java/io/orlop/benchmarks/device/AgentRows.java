package io.orlop.benchmarks.device;

import static io.orlop.benchmarks.device.IoBenchmark.nanos;

import io.orlop.benchmarks.process.Child;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What an agent is compared with itself in.
final class AgentRows {
    private static final int HOSTS = 16;
    private static final int QUEUES = 4;

    private final IoOptions options;
    private final Child a;
    private final Child b;
    private final ByteBuffer noise;
    private int numbers = 10;

    AgentRows(IoOptions options, Child a, Child b, ByteBuffer noise) {
        this.options = options;
        this.a = a;
        this.b = b;
        this.noise = noise;
    }

    /// The first pass over a thin replica allocates all of it, the second overwrites.
    void firstWrites() throws IOException {
        heading("writes of 64 KiB in order, depth 8, to a thin replica", "first", "again", "first : again");
        Load load = new Load("", true, 64 << 10, true, 8);
        try (Served served = nexus("thin", options.mib() / 4)) {
            long region = options.region() / 4;
            double first = pass(served, load, region);
            double again = pass(served, load, region);
            System.out.printf("| MB/s | %,.0f | %,.0f | **%.2f×** |%n", first, again, first / again);
        }
    }

    private double pass(Served served, Load load, long region) throws IOException {
        try (Wire wire = served.connect(1)[0]) {
            long begun = System.nanoTime();
            new Pump(wire, load, region).once();
            return region / 1e6 / ((System.nanoTime() - begun) / 1e9);
        }
    }

    void rebuild() throws IOException, InterruptedException {
        heading("a second copy, rebuilt over the network", "rate", "foreground p99, quiet", "… meanwhile", "ratio");
        for (boolean busy : new boolean[] {false, true}) {
            int number = numbers;
            try (Served served = nexus("thick", options.mib())) {
                try (Wire wire = served.connect(1)[0]) {
                    new Pump(wire, Load.sequential(true), options.region()).fill();
                }
                String copy = b.order("replica %d %d thick nvmf".formatted(numbers++, options.mib() + 8));
                if (busy) busyRebuild(served, number, copy);
                else {
                    double seconds = untilRebuilt(number, copy);
                    System.out.printf("| alone | %,.0f MB/s | | | |%n", options.region() / 1e6 / seconds);
                }
            }
            a.order("destroy " + number);
        }
    }

    /// A host that reads and writes now and then, as most do: what it waits for must not double.
    private void busyRebuild(Served served, int number, String copy) throws IOException {
        Load load = Load.random(true, 1);
        try (Wire wire = served.connect(1)[0];
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            double quiet = new Pump(wire, load, options.region())
                    .run(nanos(1), nanos(options.seconds()))
                    .micros(99);
            Future<Double> rebuild = executor.submit(() -> untilRebuilt(number, copy));
            var foreground = new ArrayList<Double>();
            while (!rebuild.isDone()) {
                foreground.add(new Pump(wire, load, options.region())
                        .run(0, nanos(0.2))
                        .micros(99));
            }
            double during = IoBenchmark.median(foreground);
            System.out.printf(
                    "| under 4 KiB random writes, depth 1 | %,.0f MB/s | %,.0f µs | %,.0f µs | **%.2f×** |%n",
                    options.region() / 1e6 / get(rebuild), quiet, during, during / quiet);
        }
    }

    private double untilRebuilt(int number, String copy) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        a.order("add %d %s".formatted(number, copy));
        while (!a.order("rebuilding " + number).equals("0")) Thread.sleep(5);
        return (System.nanoTime() - begun) / 1e9;
    }

    /// 64 connections: what they cost while they are idle, and how even they are served.
    void connections() throws Exception {
        heading("%d hosts with %d queues each".formatted(HOSTS, QUEUES), "value", "", "");
        try (Served served = nexus("thick", options.mib())) {
            long before = a.residentMib();
            List<Wire> wires = new ArrayList<>();
            for (int host = 0; host < HOSTS; host++) wires.addAll(List.of(served.connect(QUEUES)));
            Thread.sleep(1000);
            System.out.printf("| idle: resident memory more than before | %d MiB | | |%n", a.residentMib() - before);
            List<Callable<Pump.Outcome>> pumps = new ArrayList<>();
            for (Wire wire : wires) {
                pumps.add(() -> new Pump(wire, Load.random(false, 8), options.region())
                        .run(nanos(1), nanos(options.seconds())));
            }
            double least = Double.MAX_VALUE;
            double most = 0;
            double all = 0;
            try (ExecutorService executor = Executors.newFixedThreadPool(pumps.size())) {
                for (Future<Pump.Outcome> one : executor.invokeAll(pumps)) {
                    double rate = one.get().perSecond();
                    least = Math.min(least, rate);
                    most = Math.max(most, rate);
                    all += rate;
                }
            }
            System.out.printf("| 4 KiB random reads, depth 8 each: all | %,.0f /s | | |%n", all);
            System.out.printf("| … the most served : the least | %.2f× | | |%n", most / least);
            System.out.printf("| … resident memory more than before | %d MiB | | |%n", a.residentMib() - before);
            for (Wire wire : wires) wire.close();
        }
    }

    private Served nexus(String kind, int mib) throws IOException {
        int number = numbers++;
        String replica = a.order("replica %d %d %s none".formatted(number, mib + 8, kind));
        return new Served("", a.order("nexus %d %d %s".formatted(number, mib + 1, replica)), List.of(a), noise);
    }

    private static double get(Future<Double> future) throws IOException {
        try {
            return future.get();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static void heading(String... columns) {
        System.out.println();
        System.out.println("| " + String.join(" | ", columns) + " |");
        System.out.println("|---".repeat(columns.length) + "|");
    }
}
