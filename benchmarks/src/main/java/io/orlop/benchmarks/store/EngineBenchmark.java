package io.orlop.benchmarks.store;

import io.orlop.disk.SystemDirectory;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.process.Life;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;

/// What the store does in process, without a network, beside what it was asked to reach. Prints one table:
/// ```
///   java ... io.orlop.benchmarks.store.EngineBenchmark [keys [seconds per row [directory]]]
/// ```
/// Each row says whether its figure is one with an `fdatasync` before every answer, or one on a disk that only claims
/// it; reads and restarts sync nothing. CPU is that of the whole process, callers included.
public final class EngineBenchmark {
    private static final int VALUE_BYTES = 256;
    private static final int CALLERS = 100;
    private static final int IN_FLIGHT = 4_000;
    private static final int BATCH = 10;
    private static final int READERS = 2;

    private final Keys keys;
    private final Duration perRow;
    private final Path directory;
    private final Octets value = Octets.wrap(noise());

    private EngineBenchmark(Keys keys, Duration perRow, Path directory) {
        this.keys = keys;
        this.perRow = perRow;
        this.directory = directory;
    }

    public static void main(String[] arguments) {
        Life.errand("benchmark", () -> measure(arguments));
    }

    private static int measure(String... arguments) throws IOException, InterruptedException {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        long seconds = arguments.length > 1 ? Long.parseLong(arguments[1]) : 4;
        Path parent = Path.of(arguments.length > 2 ? arguments[2] : ".");
        Path directory = Files.createTempDirectory(Files.createDirectories(parent), "engine-benchmark-");
        try {
            new EngineBenchmark(new Keys(count), Duration.ofSeconds(seconds), directory).run();
        } finally {
            delete(directory);
        }
        return 0;
    }

    private void run() throws IOException, InterruptedException {
        System.out.printf(
                Locale.ROOT,
                "%d keys, values of %d B, %d processors, load %.1f%n%n| work | synced | per second | CPU µs | bar |%n"
                        + "|---|---|---|---|---|%n",
                keys.count(),
                VALUE_BYTES,
                Runtime.getRuntime().availableProcessors(),
                Throughput.systemLoad());
        Path careless = directory.resolve("careless");
        writes(careless, false);
        // What the operating system still has to write of it would be in the way of those who wait for the disk.
        delete(careless);
        Path durable = directory.resolve("durable");
        writes(durable, true);
        reads(durable);
        compaction(durable);
        restart(durable);
        memory(durable);
    }

    /// Whatever it writes must fit.
    private static StoreOptions options() {
        return StoreOptions.defaults().quotaBytes(-1);
    }

    private MvccStore open(Path place, boolean synced, StoreOptions options) throws IOException {
        if (synced) return MvccStore.open(place, options);
        ThreadFactory threads = Thread.ofPlatform().daemon().factory();
        return MvccStore.open(new CarelessDirectory(new SystemDirectory(place)), Ambient.system(), threads, options);
    }

    private void writes(Path place, boolean synced) throws IOException, InterruptedException {
        String how = synced ? "yes" : "no";
        try (MvccStore store = open(place, synced, options())) {
            Throughput fill = Throughput.inFlight(IN_FLIGHT, keys.count(), i -> store.submit(put(keys.arriving(i))));
            fill.print("first put of each key, " + IN_FLIGHT + " in flight", how, "");
            Throughput.blocking(CALLERS, Thread.ofPlatform().factory(), perRow, i -> store.put(put(keys.arriving(i))))
                    .print("put, " + CALLERS + " platform threads", how, synced ? "94,000" : "");
            Throughput.blocking(CALLERS, Thread.ofVirtual().factory(), perRow, i -> store.put(put(keys.arriving(i))))
                    .print("put, " + CALLERS + " virtual threads", how, synced ? "94,000" : "");
            Throughput.inFlight(IN_FLIGHT, perRow, i -> store.submit(put(keys.arriving(i))))
                    .print("put, " + IN_FLIGHT + " in flight", how, synced ? "250,000" : "");
            Throughput.inFlight(IN_FLIGHT / BATCH, perRow, i -> store.submit(batch(i)))
                    .print(
                            "batch of " + BATCH + " keys, " + IN_FLIGHT / BATCH + " in flight",
                            how,
                            synced ? "30,000" : "");
        }
    }

    private Operation.Put put(Octets key) {
        return Operation.Put.of(key, value);
    }

    private Operation.Txn batch(long number) {
        List<Operation> puts = new ArrayList<>(BATCH);
        for (long i = number * BATCH; i < (number + 1) * BATCH; i++) puts.add(put(keys.arriving(i)));
        return new Operation.Txn(List.of(), puts, List.of());
    }

    private void reads(Path place) throws IOException, InterruptedException {
        try (MvccStore store = MvccStore.open(place, options().cacheBytes(1L << 30))) {
            Throughput.of(keys.count(), () -> {
                        for (int i = 0; i < keys.count(); i++) store.range(Operation.Range.of(keys.at(i)));
                    })
                    .print("first get of each key, 1 thread", "–", "");
            reads(store, perRow);
        }
    }

    private void reads(MvccStore store, Duration time) throws InterruptedException {
        read(time, from -> store.range(Operation.Range.of(keys.at(from))), 1)
                .print("get, " + READERS + " threads", "–", "950,000");
        read(time, from -> store.range(rows(from, 10)), 10)
                .print("range of 10, " + READERS + " threads", "–", "500,000");
        read(time, from -> store.range(rows(from, 100)), 100)
                .print("range of 100, " + READERS + " threads", "–", "130,000");
    }

    private Operation.Range rows(long from, int count) {
        return Operation.Range.of(new KeyRange(keys.at(from), keys.at(from + count)));
    }

    /// What somebody does, given a number.
    interface Step {
        Object at(long number);
    }

    private Throughput read(Duration time, Step step, int rows) throws InterruptedException {
        ThreadLocal<SplittableRandom> random = ThreadLocal.withInitial(
                () -> new SplittableRandom(Thread.currentThread().threadId()));
        return Throughput.blocking(
                READERS,
                Thread.ofPlatform().factory(),
                time,
                _ -> step.at(random.get().nextInt(keys.count() - rows)));
    }

    private void compaction(Path place) throws IOException {
        try (MvccStore store = MvccStore.open(place, options())) {
            Throughput.inFlight(IN_FLIGHT, keys.count(), i -> store.submit(put(keys.arriving(i))));
            long records = store.revision() - Math.max(1, store.compactedRevision());
            Throughput.of(records, () -> MvccStore.await(store.compact(store.revision(), true)))
                    .print("compaction, of " + records + " revisions", "yes", "800,000");
            long bytes = store.bytesOnDisk();
            Throughput.of(1, () -> MvccStore.await(store.defragment()))
                    .printSeconds("defragment " + (bytes >> 20) + " MiB", "yes", "");
        }
    }

    private void restart(Path place) throws IOException {
        for (int i = 0; i < 3; i++) {
            Throughput.of(1, () -> MvccStore.open(place, options()).close())
                    .printSeconds("restart with " + keys.count() + " keys", "–", "1.1–1.4 s");
        }
    }

    /// What is there no more when it is closed.
    private void memory(Path place) throws IOException {
        long open;
        try (MvccStore store = MvccStore.open(place, options().cacheBytes(0))) {
            open = Throughput.heapBytes();
            if (store.revision() < keys.count()) throw new IllegalStateException("keys are missing");
        }
        System.out.printf(
                Locale.ROOT,
                "| heap of an idle store, no values cached | – | %.1f MB | | 30–60 MB |%n",
                (open - Throughput.heapBytes()) / 1e6);
    }

    private static byte[] noise() {
        byte[] noise = new byte[VALUE_BYTES];
        new SplittableRandom(1).nextBytes(noise);
        return noise;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
