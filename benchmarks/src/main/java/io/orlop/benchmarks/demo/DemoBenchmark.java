package io.orlop.benchmarks.demo;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.nvme.host.InitiatorOptions;
import io.orlop.dataplane.nvme.host.NvmeInitiator;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.process.Life;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// Prints what the demo costs, as Markdown for `docs/benchmarks.md`. The load runs on the same machine and takes its
/// share of it.
///
/// `./orlop benchmark demo`
public final class DemoBenchmark {
    private static final long REGION = 256L << 20;
    private static final List<DeviceBenchmark.Load> LOADS = List.of(
            new DeviceBenchmark.Load("4 KiB random read, 32 in flight", false, 4096, false, 32),
            new DeviceBenchmark.Load("4 KiB random write, 32 in flight", true, 4096, false, 32),
            new DeviceBenchmark.Load("1 MiB sequential read, 4 in flight", false, 1 << 20, true, 4),
            new DeviceBenchmark.Load("1 MiB sequential write, 4 in flight", true, 1 << 20, true, 4));

    private DemoBenchmark() {}

    /// @param args the project's folder
    public static void main(String[] args) {
        Life.errand("benchmark", () -> measure(args));
    }

    private static int measure(String... args) throws Exception {
        Path home = Path.of(args.length > 0 ? args[0] : ".").toAbsolutePath();
        Path directory = Files.createTempDirectory("orlop-benchmark");
        // The first start after a build prepares those that follow.
        RunningDemo.start(home, directory.resolve("unmeasured"), List.of()).close();
        System.out.println("| what | result |\n|---|---|");
        Path state = directory.resolve("state");
        try (var first = RunningDemo.start(home, state, List.of())) {
            row("start to ready, empty folder", "%.1f s", first.readyMs() / 1e3);
        }
        try (var demo = RunningDemo.start(home, state, List.of())) {
            row("start to ready, with state", "%.1f s", demo.readyMs() / 1e3);
            row("resident memory when ready", "%d MiB", demo.residentMib());
            volumes();
            devices();
            row("resident memory after all of this", "%d MiB", demo.residentMib());
        } finally {
            delete(directory);
        }
        return 0;
    }

    private static void volumes() {
        var volumes = new VolumeBenchmark();
        volumes.createToOnline(1, 20);
        for (int clients : new int[] {1, 16}) {
            Latencies latencies = volumes.createToOnline(clients, 30 * clients);
            row(
                    "create to Online, 2 replicas, %d client%s, p50 / p99".formatted(clients, clients == 1 ? "" : "s"),
                    "%.0f / %.0f ms",
                    latencies.ms(0.5),
                    latencies.ms(0.99));
        }
    }

    private static void devices() throws Exception {
        var volumes = new VolumeBenchmark();
        for (int replicas : new int[] {1, 2}) {
            String volume = volumes.create(512L << 20, replicas);
            try (var device = connect(volumes.publish(volume))) {
                var benchmark = new DeviceBenchmark(device, REGION, Duration.ofSeconds(3), Duration.ofSeconds(10));
                benchmark.fill();
                for (DeviceBenchmark.Load load : LOADS) {
                    DeviceBenchmark.Rate rate = benchmark.run(load);
                    row(
                            "%s, %d replica%s".formatted(load.name(), replicas, replicas == 1 ? "" : "s"),
                            "%.0f IOPS, %.0f MiB/s",
                            rate.perSecond(),
                            rate.mibPerSecond());
                }
            }
            volumes.unpublish(volume);
            volumes.delete(volume);
        }
    }

    private static BlockDevice connect(String deviceUri) throws IOException {
        URI uri = URI.create(deviceUri);
        var host = new Host("nqn.2019-05.io.orlop:benchmark", UUID.randomUUID());
        return NvmeInitiator.connect(
                new InetSocketAddress(uri.getHost(), uri.getPort()),
                uri.getPath().substring(1),
                host,
                InitiatorOptions.defaults(),
                Ambient.system());
    }

    private static void row(String what, String format, Object... values) {
        System.out.println("| " + what + " | " + format.formatted(values) + " |");
    }

    private static void delete(Path directory) throws IOException {
        try (var tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
