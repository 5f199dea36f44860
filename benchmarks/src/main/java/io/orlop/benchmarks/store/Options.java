package io.orlop.benchmarks.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// @param only some kinds of load and no table of all: `put`, `put1`, `cold`, `put1000`, `get`, `range`,
///     `txn`, `watch`, `late`, `tidy`, `memory`
/// @param revisions how many puts make the history whose memory is measured
/// @param quiet how long nothing happens after it is compacted
record Options(
        List<String> etcd,
        List<String> store,
        Path directory,
        int keys,
        int rounds,
        Duration measured,
        String only,
        long revisions,
        Duration quiet) {
    /// @param args the project's folder, then options with their values
    static Options parse(String... args) {
        Path home = Path.of(args.length > 0 ? args[0] : ".").toAbsolutePath();
        List<String> etcd = List.of("etcd", "--quota-backend-bytes", String.valueOf(8L << 30), "--log-level", "error");
        List<String> store =
                List.of(home.resolve("orlop").toString(), "store", "--quota-backend-bytes", String.valueOf(8L << 30));
        Path directory = home.resolve("benchmarks/target");
        int keys = 200_000;
        int rounds = 3;
        Duration measured = Duration.ofMillis(2500);
        String only = "";
        long revisions = 0;
        Duration quiet = Duration.ofMinutes(10);
        for (int i = 1; i < args.length; i += 2) {
            if (i + 1 == args.length) throw new IllegalArgumentException(args[i] + " needs a value");
            String value = args[i + 1];
            switch (args[i]) {
                case "--etcd" -> etcd = List.of(value.split(" +"));
                case "--store" -> store = List.of(value.split(" +"));
                case "--dir" -> directory = Path.of(value);
                case "--keys" -> keys = Integer.parseInt(value);
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--seconds" -> measured = Duration.ofMillis(Math.round(Double.parseDouble(value) * 1000));
                case "--only" -> only = value;
                case "--revisions" -> revisions = Long.parseLong(value);
                case "--quiet-minutes" -> quiet = Duration.ofMinutes(Long.parseLong(value));
                default -> throw new IllegalArgumentException("there is no option " + args[i]);
            }
        }
        return new Options(
                etcd, store, directory, keys, rounds, measured, only, revisions == 0 ? 10L * keys : revisions, quiet);
    }
}
