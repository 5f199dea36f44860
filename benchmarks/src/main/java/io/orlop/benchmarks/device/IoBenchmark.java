package io.orlop.benchmarks.device;

import io.orlop.benchmarks.process.Child;
import io.orlop.model.process.Life;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Prints what reading and writing through an agent costs beside nbdkit, qemu-nbd and the bare file, as Markdown for
/// `docs/benchmarks.md`. All are on the same disk, have written their region before, and take turns; who begins
/// changes from round to round. A number is the median of the rounds.
///
/// ```
///   one      client ── NVMe/TCP ── agent A: nexus ── replica
///   mirror   client ── NVMe/TCP ── agent A: nexus ─┬─ replica
///                                                  └─ NVMe/TCP ── agent B: replica
/// ```
///
/// `./orlop benchmark device`
public final class IoBenchmark {
    private static final String HEAP = "256m";
    private static final List<Load> RANDOM = List.of(Load.random(false, 32), Load.random(true, 32));
    private static final List<Load> ALONE = List.of(Load.random(false, 1), Load.random(true, 1));
    private static final List<Load> SEQUENTIAL = List.of(Load.sequential(false), Load.sequential(true));

    private final IoOptions options;
    private final Path directory;
    private final ByteBuffer noise = ByteBuffer.allocateDirect(1 << 20);
    private final List<Contender> contenders = new ArrayList<>();
    private final Path rawFile;

    private IoBenchmark(IoOptions options, Path directory) {
        this.options = options;
        this.directory = directory;
        this.rawFile = directory.resolve("raw");
        byte[] bytes = new byte[noise.capacity()];
        new Random(1).nextBytes(bytes);
        noise.put(bytes).clear();
    }

    /// @param args the project's folder, then [IoOptions]
    public static void main(String[] args) {
        Life.errand("benchmark", () -> measure(IoOptions.parse(args)));
    }

    private static int measure(IoOptions options) throws Exception {
        Path directory = Files.createTempDirectory(Files.createDirectories(options.directory()), "device");
        Path log = directory.resolve("agents.log");
        // Room for three replicas and what a pool keeps for itself.
        String pool = "aio://%s";
        long poolBytes = 4 * options.region() + (256L << 20);
        for (String name : List.of("a", "b")) sparse(directory.resolve(name), poolBytes);
        try (var a = Child.start(AgentProcess.class, HEAP, log, List.of("a", pool.formatted(directory.resolve("a"))));
                var b = Child.start(
                        AgentProcess.class, HEAP, log, List.of("b", pool.formatted(directory.resolve("b"))))) {
            a.answer();
            b.answer();
            new IoBenchmark(options, directory).run(a, b);
        } finally {
            delete(directory);
        }
        return 0;
    }

    private void run(Child a, Child b) throws Exception {
        for (String name : List.of("raw", "nbdkit", "qemu-nbd")) write(directory.resolve(name));
        long mib = options.mib() + 8L;
        String one = a.order("replica 1 %d thick none".formatted(mib));
        String here = a.order("replica 2 %d thick none".formatted(mib));
        String there = b.order("replica 3 %d thick nvmf".formatted(mib));
        contenders.add(Peer.nbdkit(directory.resolve("nbdkit"), noise));
        contenders.add(Peer.qemuNbd(directory.resolve("qemu-nbd"), noise));
        contenders.add(
                new Served("one", a.order("nexus 1 %d %s".formatted(options.mib() + 1, one)), List.of(a), noise));
        contenders.add(new Served(
                "mirror", a.order("nexus 2 %d %s %s".formatted(options.mib() + 1, here, there)), List.of(a, b), noise));
        try {
            for (Contender contender : contenders.subList(2, 4)) fill(contender);
            header();
            if (options.parts().contains("random")) compare(RANDOM);
            if (options.parts().contains("depth1")) compare(ALONE);
            if (options.parts().contains("sequential")) compare(SEQUENTIAL);
            var more = new AgentRows(options, a, b, noise);
            if (options.parts().contains("first")) more.firstWrites();
            if (options.parts().contains("rebuild")) more.rebuild();
            if (options.parts().contains("connections")) more.connections();
        } finally {
            for (Contender contender : contenders) contender.close();
        }
    }

    private void header() {
        System.out.println("| work | file, cached | file, direct | nbdkit | qemu-nbd | one | mirror | one : nbdkit |"
                + " mirror : one |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
    }

    /// What the rounds of one contender came to.
    private static final class Rounds {
        final List<Double> rates = new ArrayList<>();
        final List<Double> medians = new ArrayList<>();
        final List<Double> slow = new ArrayList<>();
        final List<Double> cpu = new ArrayList<>();

        void add(double rate, double micros50, double micros99, double cpuMicros) {
            rates.add(rate);
            medians.add(micros50);
            slow.add(micros99);
            cpu.add(cpuMicros);
        }
    }

    private void compare(List<Load> loads) throws IOException, InterruptedException {
        for (Load load : loads) {
            Raw cached = new Raw(rawFile, false);
            Raw direct = new Raw(rawFile, true);
            List<Rounds> all = new ArrayList<>();
            for (int i = 0; i < 2 + contenders.size(); i++) all.add(new Rounds());
            for (int round = 0; round < options.rounds(); round++) {
                for (int turn = 0; turn < all.size(); turn++) {
                    int at = (turn + round) % all.size();
                    if (at < 2) raw(at == 0 ? cached : direct, load, all.get(at));
                    else served(contenders.get(at - 2), load, all.get(at));
                }
            }
            print(load, all);
        }
    }

    private void raw(Raw raw, Load load, Rounds rounds) throws IOException, InterruptedException {
        Raw.Outcome outcome = raw.run(load, options.region(), options.seconds());
        rounds.add(outcome.perSecond(), outcome.micros50(), outcome.micros99(), Double.NaN);
    }

    private void served(Contender contender, Load load, Rounds rounds) throws IOException {
        try (Wire wire = contender.connect(1)[0]) {
            double before = contender.cpuSeconds();
            long begun = System.nanoTime();
            Pump.Outcome outcome =
                    new Pump(wire, load, options.region()).run(nanos(options.seconds() / 2), nanos(options.seconds()));
            double cpu = (contender.cpuSeconds() - before) / ((System.nanoTime() - begun) / 1e9);
            rounds.add(outcome.perSecond(), outcome.micros(50), outcome.micros(99), cpu * 1e6 / outcome.perSecond());
        }
    }

    private static void print(Load load, List<Rounds> all) {
        boolean megabytes = load.bytes() >= 1 << 20;
        row(load.name(), megabytes ? "%,.0f MB/s" : "%,.0f /s", all, rounds -> rounds.rates, megabytes ? 1.048576 : 1);
        row("… p50", "%,.0f µs", all, rounds -> rounds.medians, 1);
        row("… p99", "%,.0f µs", all, rounds -> rounds.slow, 1);
        row("… processor of the server", "%,.1f µs", all, rounds -> rounds.cpu, 1);
    }

    private interface Column {
        List<Double> of(Rounds rounds);
    }

    private static void row(String what, String format, List<Rounds> all, Column column, double unit) {
        StringBuilder row = new StringBuilder("| " + what);
        List<Double> medians = new ArrayList<>();
        for (Rounds rounds : all) {
            double median = median(column.of(rounds)) * unit;
            medians.add(median);
            row.append(" | ").append(Double.isNaN(median) ? "" : format.formatted(median));
        }
        row.append(
                " | **%.2f×** | %.2f× |".formatted(medians.get(4) / medians.get(2), medians.get(5) / medians.get(4)));
        System.out.println(row);
    }

    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    private void fill(Contender contender) throws IOException {
        try (Wire wire = contender.connect(1)[0]) {
            new Pump(wire, Load.sequential(true), options.region()).fill();
        }
    }

    private void write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long done = 0; done < options.region(); done += noise.capacity()) channel.write(noise.duplicate());
            channel.force(true);
        }
    }

    private static void sparse(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), bytes - 1);
        }
    }

    private static void delete(@Nullable Path directory) throws IOException {
        if (directory == null) return;
        try (var tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
