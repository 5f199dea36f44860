package io.orlop.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Which values etcd would not start with, of flags that make no difference here among others: who moves on to an etcd
/// should not find out there.
final class Sense {
    private static final long HEARTBEATS_OF_AN_ELECTION = 5;
    private static final long ELECTION_MILLIS_MAX = 50_000;

    /// What a 3.4 knows, and what later ones do.
    private static final Map<StoreFlag, List<String>> CHOICES = Map.of(
            StoreFlag.INITIAL_CLUSTER_STATE,
            List.of("new", "existing"),
            // An empty one is taken where nothing is compacted.
            StoreFlag.AUTO_COMPACTION_MODE,
            List.of("periodic", "revision", ""),
            StoreFlag.DISCOVERY_FALLBACK,
            List.of("exit", "proxy"),
            StoreFlag.LOGGER,
            List.of("zap", "capnslog"),
            StoreFlag.LOG_LEVEL,
            List.of("debug", "info", "warn", "error", "dpanic", "panic", "fatal"),
            StoreFlag.LOG_FORMAT,
            List.of("json", "console"),
            StoreFlag.V2_DEPRECATION,
            List.of("not-yet", "write-only", "write-only-drop-data", "gone"));

    private static final String USUAL_OUTPUT = "default";
    private static final List<String> OUTPUTS = List.of(USUAL_OUTPUT, "stdout", "stderr", "systemd/journal");

    private Sense() {}

    /// @throws IllegalArgumentException if a value makes none; the message says which would
    static void check(StoreFlags flags) {
        CHOICES.forEach((flag, choices) -> {
            if (!choices.contains(flags.text(flag))) {
                throw flags.invalid(
                        flag,
                        String.join(
                                ", ",
                                choices.stream()
                                        .filter(choice -> !choice.isEmpty())
                                        .toList()));
            }
        });
        checkTimes(flags);
        checkOutputs(flags);
    }

    private static void checkTimes(StoreFlags flags) {
        long heartbeat = flags.number(StoreFlag.HEARTBEAT_INTERVAL);
        long election = flags.number(StoreFlag.ELECTION_TIMEOUT);
        if (heartbeat == 0) throw notAbove0(StoreFlag.HEARTBEAT_INTERVAL);
        if (election == 0) throw notAbove0(StoreFlag.ELECTION_TIMEOUT);
        if (HEARTBEATS_OF_AN_ELECTION * heartbeat > election) {
            throw new IllegalArgumentException(StoreFlag.ELECTION_TIMEOUT + "[" + election
                    + "ms] should be at least as 5 times as " + StoreFlag.HEARTBEAT_INTERVAL + "[" + heartbeat + "ms]");
        }
        if (election > ELECTION_MILLIS_MAX) {
            throw new IllegalArgumentException(StoreFlag.ELECTION_TIMEOUT + "[" + election
                    + "ms] is too long, and should be set less than " + ELECTION_MILLIS_MAX + "ms");
        }
    }

    private static IllegalArgumentException notAbove0(StoreFlag flag) {
        return new IllegalArgumentException(flag + " must be >0 (set to 0ms)");
    }

    /// A file is made where it is not there, a directory is not.
    private static void checkOutputs(StoreFlags flags) {
        StoreFlag flag = StoreFlag.LOG_OUTPUTS;
        List<String> outputs = List.of(flags.text(flag).split(",", -1));
        if (outputs.size() > 1 && outputs.contains(USUAL_OUTPUT)) {
            throw new IllegalArgumentException(
                    flag + ": multi logoutput for \"default\" is not supported yet; give default alone, or the others");
        }
        for (String output : outputs) {
            if (OUTPUTS.contains(output)) continue;
            Path parent = Path.of(output).toAbsolutePath().getParent();
            if (output.isEmpty() || parent == null || !Files.isDirectory(parent)) {
                throw flags.invalid(flag, "default, stdout, stderr, or files in directories that are there");
            }
        }
    }
}
