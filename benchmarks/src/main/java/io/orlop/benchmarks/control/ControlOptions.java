package io.orlop.benchmarks.control;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// @param few nodes while volumes are created
/// @param present volumes that are there in the large one of two clusters
/// @param nodes, volumes while nothing happens, and when a node dies
/// @param victims replicas of the node that dies
/// @param clients that create at once
/// @param seconds of creating, and twice that of quiet
/// @param warmUp seconds of creating before anything is measured: what a control plane that runs for months costs, and
///     not what the JVM's compiler costs in the first minutes
/// @param store another store's endpoints; null for the embedded one
/// @param only parts of it: `creates`, `restart`, `idle`; empty for all
/// @param heap the services' largest heap
record ControlOptions(
        int few,
        int present,
        int nodes,
        int volumes,
        int victims,
        int clients,
        int seconds,
        int warmUp,
        @Nullable String store,
        String only,
        String heap) {
    private static final Map<String, String> FULL = Map.ofEntries(
            entry("--few", "10"),
            entry("--present", "10000"),
            entry("--nodes", "1000"),
            entry("--volumes", "100000"),
            entry("--victims", "300"),
            entry("--clients", "16"),
            entry("--seconds", "20"),
            entry("--warm-up", "150"),
            entry("--store", ""),
            entry("--only", ""),
            entry("--heap", "1g"));
    private static final Map<String, String> QUICK = Map.of(
            "--few", "3",
            "--present", "400",
            "--nodes", "5",
            "--volumes", "500",
            "--victims", "50",
            "--seconds", "5",
            "--warm-up", "5");

    static ControlOptions parse(List<String> words) {
        var values = new HashMap<>(FULL);
        if (words.contains("--quick")) values.putAll(QUICK);
        for (int i = 0; i < words.size(); i++) {
            String option = words.get(i);
            if (option.equals("--quick")) continue;
            if (!FULL.containsKey(option)) throw new IllegalArgumentException(option + " is no option");
            if (i + 1 == words.size()) throw new IllegalArgumentException(option + " what?");
            values.put(option, words.get(++i));
        }
        ToIntFunction<String> number = option -> Integer.parseInt(value(values, option));
        String store = value(values, "--store");
        return new ControlOptions(
                number.applyAsInt("--few"),
                number.applyAsInt("--present"),
                number.applyAsInt("--nodes"),
                number.applyAsInt("--volumes"),
                number.applyAsInt("--victims"),
                number.applyAsInt("--clients"),
                number.applyAsInt("--seconds"),
                number.applyAsInt("--warm-up"),
                store.isEmpty() ? null : store,
                value(values, "--only"),
                value(values, "--heap"));
    }

    private static String value(Map<String, String> values, String option) {
        return Objects.requireNonNull(values.get(option));
    }

    boolean does(String part) {
        return only.isEmpty() || List.of(only.split(",")).contains(part);
    }
}
