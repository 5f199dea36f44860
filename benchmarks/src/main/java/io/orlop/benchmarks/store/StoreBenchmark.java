package io.orlop.benchmarks.store;

import io.orlop.model.process.Life;
import io.orlop.store.proto.etcdserverpb.CompactionRequest;
import io.orlop.store.proto.etcdserverpb.DefragmentRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.StatusRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;

/// Prints how the embedded store compares with the etcd that the machine has, as Markdown for `docs/benchmarks.md`.
/// Both run all the time on the same disk, and are measured in turn; a row is the median of the rounds. The load runs
/// on the same machine and takes its share of it.
///
/// `./orlop benchmark store [--keys N] [--seconds S] [--rounds R] [--dir DIR] [--etcd COMMAND] [--store COMMAND]
/// [--only KIND] [--revisions N] [--quiet-minutes N]`
public final class StoreBenchmark {
    /// How long a load runs before it is measured: what the store compiles under it is compiled by then.
    private static final Duration WARMING = Duration.ofSeconds(4);

    private static final int CAUGHT_UP = 1_000_000;

    private final List<Contender> contenders;
    private final Requests requests;
    private final int rounds;
    private final Duration measured;
    private final Table table;

    private StoreBenchmark(List<Contender> contenders, Requests requests, int rounds, Duration measured, Table table) {
        this.contenders = contenders;
        this.requests = requests;
        this.rounds = rounds;
        this.measured = measured;
        this.table = table;
    }

    /// @param args the project's folder, and options
    public static void main(String[] args) {
        Life.errand("benchmark", () -> compare(args));
    }

    private static int compare(String... args) throws Exception {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException wrong) {
            throw new Life.Refused(wrong.getMessage() + "; see ./orlop --help", 2);
        }
        Path directory = Files.createTempDirectory(Files.createDirectories(options.directory()), "store-benchmark");
        try (Contender etcd = Contender.start("etcd", options.etcd(), directory.resolve("etcd"));
                Contender store = Contender.start("store", options.store(), directory.resolve("store"))) {
            List<Contender> contenders = List.of(etcd, store);
            introduce(options, etcd);
            var table = Table.begin(contenders.stream().map(Contender::name).toList());
            var requests = new Requests(options.keys());
            var benchmark = new StoreBenchmark(contenders, requests, options.rounds(), options.measured(), table);
            for (Contender contender : contenders) benchmark.fill(contender);
            if (options.only().equals("memory")) {
                new Memory(contenders, requests, options.revisions(), options.quiet(), table).run();
            } else {
                benchmark.run(options.only());
            }
        } finally {
            delete(directory);
        }
        return 0;
    }

    private void run(String only) throws Exception {
        if (!only.isEmpty()) {
            for (Contender contender : contenders) contender.restart();
            if (only.contains("cold")) cold();
            if (only.contains("put1000")) rate("put, 1000 in flight", "4×", put(8, 1000));
            else if (only.contains("put1")) rate("put, 1 client", "1.5×", put(1, 1));
            else if (only.contains("put")) rate("put, 100 in flight", "2.5×", put(4, 100));
            if (only.contains("get")) rate("get", "3×", Load.unary("KV/Range", 4, 100, requests.gets()));
            if (only.contains("range")) rate("range", "4×", Load.unary("KV/Range", 4, 100, requests.ranges()));
            if (only.contains("txn")) rate("txn", "2.5×", Load.unary("KV/Txn", 4, 100, requests.txns()));
            if (only.contains("watch")) watches();
            if (only.contains("tidy")) disturbed();
            if (only.contains("late")) behind();
            return;
        }
        breathe();
        String bar = memoryBar(requests);
        table.row("resident memory with the keys", bar, "%.0f MiB", contenders, Contender::residentMib, true);
        table.row(
                "start with the keys, to the first answer",
                "",
                "%.2f s",
                contenders,
                contender -> contender.restart().toMillis() / 1e3,
                true);
        cold();
        // Reads come before the writes: after a burst of those etcd 3.4 reads far more slowly until it starts anew.
        Load gets = Load.unary("KV/Range", 4, 100, requests.gets());
        Load ranges = Load.unary("KV/Range", 4, 100, requests.ranges());
        rate("get, linearizable, 100 in flight", "3×", gets);
        rate("range of 100 keys, 100 in flight", "4×", ranges);
        Load txns = Load.unary("KV/Txn", 4, 100, requests.txns());
        rate("put, 1 client", "1.5×", put(1, 1));
        rate("txn (compare and put), 100 in flight", "2.5×", txns);
        rate("put, 100 in flight", "2.5×", put(4, 100));
        rate("put, 1000 in flight", "4×", put(8, 1000));
        keepAlives();
        watches();
        behind();
        disturbed();
        breathe();
        table.row("resident memory after all of this", "½", "%.0f MiB", contenders, Contender::residentMib, true);
    }

    private static void introduce(Options options, Contender etcd) {
        System.out.printf(
                "etcd %s and the store, %,d keys, values of %d B, %d rounds of %s s, %d processors%n%n",
                version(etcd),
                options.keys(),
                Requests.VALUE_BYTES,
                options.rounds(),
                options.measured().toMillis() / 1e3,
                Runtime.getRuntime().availableProcessors());
    }

    private static String version(Contender contender) {
        return MaintenanceGrpc.newBlockingStub(contender.channel())
                .status(StatusRequest.getDefaultInstance())
                .getVersion();
    }

    private void fill(Contender contender) throws IOException {
        System.err.println("filling " + contender.name());
        Load.unary("KV/Put", 4, 500, requests.each()).times(contender.port(), requests.keys());
    }

    private Load put(int connections, int inFlight) {
        return Load.unary("KV/Put", connections, inFlight, requests.puts());
    }

    private record Round(Load.Result result, double cpuMicros, double written) {}

    /// Of few keys most of the memory is what every process has.
    static String memoryBar(Requests requests) {
        return requests.keys() > 500_000 ? "½" : "0.7×";
    }

    /// Compilers of the first requests, and collectors of the last, get so long to end.
    static void breathe() throws InterruptedException {
        TimeUnit.SECONDS.sleep(10);
    }

    private void rate(String what, String bar, Load load) throws IOException {
        for (Contender contender : contenders) load.run(contender.port(), Duration.ZERO, WARMING);
        rounds(what, bar, load, _ -> {});
    }

    /// The first requests that a process ever gets, each round those of a new one.
    private void cold() throws IOException {
        rounds("put, 1 client, process just started", "1.5×", put(1, 1), Contender::restart);
    }

    private interface Preparation {
        void of(Contender contender) throws IOException;
    }

    /// @param preparation of each round
    private void rounds(String what, String bar, Load load, Preparation preparation) throws IOException {
        List<List<Round>> all =
                contenders.stream().<List<Round>>map(_ -> new ArrayList<>()).toList();
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < contenders.size(); turn++) {
                // Who begins changes: what one leaves to the disk is not always the other's burden.
                int which = (turn + round) % contenders.size();
                Contender contender = contenders.get(which);
                preparation.of(contender);
                Duration cpu = contender.cpu();
                long written = contender.bytesWritten();
                Load.Result result = load.run(contender.port(), Duration.ZERO, measured);
                all.get(which)
                        .add(new Round(
                                result,
                                contender.cpu().minus(cpu).toNanos() / 1e3 / result.count(),
                                (contender.bytesWritten() - written)
                                        / (double) result.count()
                                        / (Requests.VALUE_BYTES + Requests.KEY_BYTES)));
            }
        }
        table.row(what, bar, "%,.0f /s", medians(all, round -> round.result.perSecond()), false);
        table.row("… p99", "", "%.1f ms", medians(all, round -> round.result.ms(0.99)), true);
        table.row(
                "… server CPU", what.contains("put, 100 ") ? "¼" : "", "%.1f µs", medians(all, Round::cpuMicros), true);
        table.row(
                "… client CPU",
                "",
                "%.1f µs",
                medians(all, round -> round.result.clientCpu().toNanos() / 1e3 / round.result.count()),
                true);
        if (what.startsWith("put")) {
            table.row("… bytes written per byte put", "", "%.2f", medians(all, Round::written), true);
        }
    }

    private static <T> List<Double> medians(List<List<T>> all, ToDoubleFunction<T> number) {
        return all.stream()
                .map(rounds -> rounds.stream().mapToDouble(number).sorted().toArray())
                .map(sorted -> sorted[sorted.length / 2])
                .toList();
    }

    private void keepAlives() throws IOException {
        List<Double> rates = new ArrayList<>();
        for (Contender contender : contenders) {
            long lease = LeaseGrpc.newBlockingStub(contender.channel())
                    .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build())
                    .getID();
            var load = new Load("Lease/LeaseKeepAlive", 4, 100, true, Requests.keepAlives(lease));
            rates.add(load.run(contender.port(), measured, measured).perSecond());
        }
        table.row("lease keep-alive, 100 streams", "", "%,.0f /s", rates, false);
    }

    private void watches() throws Exception {
        List<Double> half = new ArrayList<>();
        List<Double> most = new ArrayList<>();
        for (Contender contender : contenders) {
            long[] nanos = new FanOut(10, 10, 10).run(contender, 2500);
            half.add(nanos[nanos.length / 2] / 1e6);
            most.add(nanos[(int) (nanos.length * 0.99)] / 1e6);
        }
        table.row("one change to 1,000 watchers, p50", "", "%.1f ms", half, true);
        table.row("… p99", "", "%.1f ms", most, true);
        List<Double> spread = new ArrayList<>();
        for (Contender contender : contenders) spread.add(new Broadcast(10, 100_000).run(contender, requests.puts()));
        table.row("100,000 puts to 10 watchers, until all heard", "", "%.2f s", spread, true);
    }

    /// What 1,000 watchers hear of, while another catches up with all that happened before, against what they hear of
    /// while nobody does.
    private void behind() throws Exception {
        List<List<Late>> all =
                contenders.stream().<List<Late>>map(_ -> new ArrayList<>()).toList();
        List<Long> from = new ArrayList<>();
        for (Contender contender : contenders) {
            from.add(revision(contender) + 1);
            put(4, 500).times(contender.port(), CAUGHT_UP);
        }
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < contenders.size(); turn++) {
                int which = (turn + round) % contenders.size();
                Contender contender = contenders.get(which);
                double quiet = fanOutMs(contender);
                Straggler straggler = Straggler.start(contender, from.get(which), CAUGHT_UP);
                double beside = fanOutMs(contender);
                all.get(which).add(new Late(quiet, beside, straggler.stop()));
            }
        }
        table.row("an event to 1,000 watchers, p99", "", "%.1f ms", medians(all, Late::quiet), true);
        table.row("… while another catches up 1 M revisions, p99", "", "%.1f ms", medians(all, Late::beside), true);
        table.row("… against quiet", "2×", "%.2f×", medians(all, late -> late.beside / late.quiet), true);
        table.row("… which hears of", "", "%,.0f /s", medians(all, Late::perSecond), false);
    }

    private record Late(double quiet, double beside, double perSecond) {}

    private static double fanOutMs(Contender contender) throws IOException {
        long[] nanos = new FanOut(10, 10, 10).run(contender, 1_000);
        return nanos[(int) (nanos.length * 0.99)] / 1e6;
    }

    private static long revision(Contender contender) {
        return MaintenanceGrpc.newBlockingStub(contender.channel())
                .status(StatusRequest.getDefaultInstance())
                .getHeader()
                .getRevision();
    }

    /// Puts while the store tidies up, against puts while it does not.
    private void disturbed() throws Exception {
        List<Double> quiet = new ArrayList<>();
        List<Double> busy = new ArrayList<>();
        for (Contender contender : contenders) {
            Load load = put(4, 100);
            quiet.add(load.run(contender.port(), Duration.ZERO, measured).ms(0.99));
            var over = new AtomicBoolean();
            Thread housekeeping = Thread.ofPlatform().start(() -> {
                while (!over.get()) tidy(contender);
            });
            busy.add(load.run(contender.port(), Duration.ZERO, measured.multipliedBy(2))
                    .ms(0.99));
            over.set(true);
            housekeeping.join();
        }
        table.row("put, 100 in flight, quiet, p99", "", "%.1f ms", quiet, true);
        table.row("… while compacting and defragmenting, p99", "", "%.1f ms", busy, true);
    }

    /// Forgets all history and gives back its room; returns when that is done.
    static void tidy(Contender contender) {
        var maintenance = MaintenanceGrpc.newBlockingStub(contender.channel());
        var compaction = CompactionRequest.newBuilder()
                .setRevision(revision(contender))
                .setPhysical(true)
                .build();
        KVGrpc.newBlockingStub(contender.channel()).compact(compaction);
        maintenance.defragment(DefragmentRequest.getDefaultInstance());
    }

    private static void delete(Path directory) throws IOException {
        try (var tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
