package io.orlop.benchmarks.control;

import io.orlop.benchmarks.demo.Latencies;
import io.orlop.benchmarks.process.Child;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// The services and the agents of a population, each in a process, up and settled.
record Cluster(Population population, Path folder, Child services, Child agents, Rest rest) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    static Cluster start(ControlOptions options, Population population) throws Exception {
        Path folder = Files.createTempDirectory("orlop-benchmark");
        Path log = Path.of(System.getProperty("java.io.tmpdir"), "orlop-benchmark-control.log");
        int registration = freePort();
        String embedded = "http://127.0.0.1:" + freePort();
        String store = options.store() == null ? embedded : options.store();
        var arguments = new ArrayList<>(
                List.of(folder.toString(), store, options.store() == null ? "embedded" : "other", "" + registration));
        arguments.addAll(population.words());
        Child services = Child.start(ServicesProcess.class, options.heap(), log, arguments);
        services.answer();
        var more = new ArrayList<>(List.of("127.0.0.1:" + registration, store));
        more.addAll(population.words());
        Child agents = Child.start(AgentsProcess.class, "1g", log, more);
        agents.answer();
        int rest = Integer.parseInt(services.answer());
        var cluster = new Cluster(population, folder, services, agents, new Rest(rest));
        cluster.settle();
        return cluster;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /// Waits until every volume is online, and a create is answered.
    private void settle() throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!everyNodeIsOnline() || !everyVolumeIsOnline()) {
            if (System.nanoTime() > end) throw new IOException("the cluster does not settle");
            Thread.sleep(200);
        }
        String id = UUID.randomUUID().toString();
        rest.create(id);
        rest.delete(id);
    }

    private boolean everyNodeIsOnline() throws Exception {
        Rest.Answer answer = rest.get("nodes");
        if (answer.status() != 200) return false;
        int online = 0;
        for (var node : answer.json()) {
            if (node.at("/state/status").asString().equals("Online")) online++;
        }
        return online == population.nodes();
    }

    private boolean everyVolumeIsOnline() throws Exception {
        for (int from = 0; from < population.volumes(); from += 1000) {
            Rest.Answer answer = rest.get("volumes?max_entries=1000&starting_token=" + from);
            if (answer.status() != 200) return false;
            for (var volume : answer.json().at("/entries")) {
                if (!volume.at("/state/status").asString().equals("Online")) return false;
            }
        }
        return true;
    }

    /// Reads a page so many times.
    Latencies pages(int times) throws Exception {
        var nanos = new ArrayList<Long>();
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            Rest.Answer answer = rest.get("volumes?max_entries=1000");
            nanos.add(System.nanoTime() - start);
            if (answer.status() != 200) throw new IOException("no page: " + answer.body());
        }
        return new Latencies(nanos);
    }

    @Override
    public void close() throws IOException {
        agents.close();
        services.close();
        try (var tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
