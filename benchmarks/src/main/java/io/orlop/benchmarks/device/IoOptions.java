package io.orlop.benchmarks.device;

import java.nio.file.Path;
import java.util.List;

/// @param directory where the contenders' files lie, on the disk that is measured
/// @param parts of `random`, `depth1`, `sequential`, `first`, `rebuild` and `connections`
record IoOptions(Path directory, int mib, int rounds, double seconds, List<String> parts) {
    static final List<String> ALL = List.of("random", "depth1", "sequential", "first", "rebuild", "connections");

    /// @param args the project's folder, then options with their values
    static IoOptions parse(String... args) {
        Path directory =
                Path.of(args.length > 0 ? args[0] : ".").toAbsolutePath().resolve("benchmarks/target");
        int mib = 512;
        int rounds = 3;
        double seconds = 4;
        List<String> parts = ALL;
        for (int i = 1; i < args.length; i += 2) {
            if (i + 1 == args.length) throw new IllegalArgumentException(args[i] + " needs a value");
            String value = args[i + 1];
            switch (args[i]) {
                case "--dir" -> directory = Path.of(value);
                case "--mib" -> mib = Integer.parseInt(value);
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--seconds" -> seconds = Double.parseDouble(value);
                case "--only" -> parts = List.of(value.split(","));
                default -> throw new IllegalArgumentException("there is no option " + args[i]);
            }
        }
        for (String part : parts) {
            if (!ALL.contains(part)) throw new IllegalArgumentException("there is no part " + part + " of " + ALL);
        }
        return new IoOptions(directory, mib, rounds, seconds, parts);
    }

    long region() {
        return (long) mib << 20;
    }
}
