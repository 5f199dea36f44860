package io.orlop.benchmarks.control;

import java.util.List;
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
    private static final ControlOptions FULL =
            new ControlOptions(10, 10_000, 1_000, 100_000, 300, 16, 20, 150, null, "", "1g");
    private static final ControlOptions QUICK = new ControlOptions(3, 400, 5, 500, 50, 16, 5, 5, null, "", "1g");

    static ControlOptions parse(List<String> words) {
        ControlOptions options = words.contains("--quick") ? QUICK : FULL;
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals("--quick")) continue;
            if (i + 1 == words.size()) throw new IllegalArgumentException(words.get(i) + " what?");
            options = options.with(words.get(i), words.get(++i));
        }
        return options;
    }

    private ControlOptions with(String option, String value) {
        return switch (option) {
            case "--few" ->
                new ControlOptions(
                        number(value), present, nodes, volumes, victims, clients, seconds, warmUp, store, only, heap);
            case "--present" ->
                new ControlOptions(
                        few, number(value), nodes, volumes, victims, clients, seconds, warmUp, store, only, heap);
            case "--nodes" ->
                new ControlOptions(
                        few, present, number(value), volumes, victims, clients, seconds, warmUp, store, only, heap);
            case "--volumes" ->
                new ControlOptions(
                        few, present, nodes, number(value), victims, clients, seconds, warmUp, store, only, heap);
            case "--victims" ->
                new ControlOptions(
                        few, present, nodes, volumes, number(value), clients, seconds, warmUp, store, only, heap);
            case "--clients" ->
                new ControlOptions(
                        few, present, nodes, volumes, victims, number(value), seconds, warmUp, store, only, heap);
            case "--seconds" ->
                new ControlOptions(
                        few, present, nodes, volumes, victims, clients, number(value), warmUp, store, only, heap);
            case "--warm-up" ->
                new ControlOptions(
                        few, present, nodes, volumes, victims, clients, seconds, number(value), store, only, heap);
            case "--store" ->
                new ControlOptions(few, present, nodes, volumes, victims, clients, seconds, warmUp, value, only, heap);
            case "--only" ->
                new ControlOptions(few, present, nodes, volumes, victims, clients, seconds, warmUp, store, value, heap);
            case "--heap" ->
                new ControlOptions(few, present, nodes, volumes, victims, clients, seconds, warmUp, store, only, value);
            default -> throw new IllegalArgumentException(option + " is no option");
        };
    }

    private static int number(String value) {
        return Integer.parseInt(value);
    }

    boolean does(String part) {
        return only.isEmpty() || List.of(only.split(",")).contains(part);
    }
}
