package io.orlop.simulation;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One copy of a service: its own code, built anew at every start from what the store kept.
final class SimulatedCopy<T> {
    private final String name;
    private final SeededScheduler scheduler;
    private final SimulatedNetwork network;
    private final Function<SeededAmbient, T> root;
    private SimulatedNetwork.@Nullable Served<T> life;
    private @Nullable SeededAmbient starting;
    private int lives;

    /// @param root the service's composition root
    SimulatedCopy(String name, SeededScheduler scheduler, SimulatedNetwork network, Function<SeededAmbient, T> root) {
        this.name = name;
        this.scheduler = scheduler;
        this.network = network;
        this.root = root;
    }

    String name() {
        return name;
    }

    boolean running() {
        return life != null;
    }

    /// The service is built on a thread of its own process, as its `main` would.
    void start() {
        SeededAmbient process = scheduler.process(name + "#" + ++lives);
        process.start("main", () -> {
            T service = root.apply(process);
            if (!process.isCrashed()) life = new SimulatedNetwork.Served<>(process, service);
        });
        starting = process;
    }

    void crash() {
        SeededAmbient process = starting;
        if (process == null) return;
        process.crash();
        network.crashed(process);
        life = null;
        starting = null;
    }

    Optional<SimulatedNetwork.Served<T>> served() {
        return Optional.ofNullable(life);
    }
}
