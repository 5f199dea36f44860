package io.orlop.benchmarks.control;

import io.orlop.benchmarks.demo.Latencies;
import io.orlop.benchmarks.process.Child;
import io.orlop.model.process.Life;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Prints what the control plane costs, as Markdown for `docs/benchmarks.md`. Three processes run: the services with
/// the store and the gateway, the agents, and this one with the clients. They share the machine.
///
/// `./orlop benchmark control`
public final class ControlBenchmark {
    private static final int FEW_PRESENT = 100;
    private static final int BATCH = 300;

    /// Creates a second: the bar.
    private static final int PACE = 300;
    private static final int BATCHES = 9;
    private static final int PAGES = 50;

    private final ControlOptions options;

    private ControlBenchmark(ControlOptions options) {
        this.options = options;
    }

    /// @param args the project's folder, and [ControlOptions]
    public static void main(String[] args) {
        Life.errand("orlop", () -> measure(ControlOptions.parse(List.of(args).subList(1, args.length))));
    }

    private static int measure(ControlOptions options) throws Exception {
        System.out.println("| work | result | bar | moonshot |\n|---|---|---|---|");
        var benchmark = new ControlBenchmark(options);
        if (options.does("creates")) benchmark.creates();
        if (options.does("restart")) benchmark.restart();
        if (options.does("idle")) benchmark.idle();
        return 0;
    }

    private void creates() throws Exception {
        try (var few = Cluster.start(options, new Population(options.few(), FEW_PRESENT, 0))) {
            warmUp(few);
            rate(few);
            if (options.store() == null) growth(few);
        }
    }

    /// What more volumes cost: two clusters stand side by side, each on a store of its own, and create in turn, as a
    /// machine is not equally fast at all times.
    private void growth(Cluster few) throws Exception {
        try (var many = Cluster.start(options, new Population(options.few(), options.present(), 0))) {
            warmUp(many);
            var ofFew = new ArrayList<Double>();
            var ofMany = new ArrayList<Double>();
            for (int batch = 0; batch < BATCHES; batch++) {
                ofFew.add(cpuPerCreate(few));
                ofMany.add(cpuPerCreate(many));
            }
            row(
                    "processor for a create, %,d volumes present".formatted(FEW_PRESENT),
                    "%.2f ms".formatted(median(ofFew)),
                    "",
                    "");
            row(
                    "… %,d volumes present".formatted(options.present()),
                    "%.2f ms, %.2f×".formatted(median(ofMany), median(ofMany) / median(ofFew)),
                    "1.2×",
                    "1.0×");
            many.pages(PAGES);
            Latencies pages = many.pages(PAGES);
            row(
                    "page of 1,000 volumes, %,d present, p50 / p99".formatted(options.present()),
                    "%.0f / %.0f ms".formatted(pages.ms(0.5), pages.ms(0.99)),
                    "50 ms",
                    "15 ms");
        }
    }

    private static double median(List<Double> measured) {
        return measured.stream().sorted().toList().get(measured.size() / 2);
    }

    /// Creates and deletes, so that what is there stays as it was.
    private void warmUp(Cluster cluster) throws Exception {
        var clients = new Clients(cluster.rest(), options.clients());
        long end = System.nanoTime() + (long) (options.warmUp() * 1e9);
        do {
            clients.each(
                    clients.createFor(Math.min(options.seconds(), options.warmUp()))
                            .ids(),
                    cluster.rest()::delete);
        } while (System.nanoTime() < end);
    }

    private void rate(Cluster cluster) throws Exception {
        var clients = new Clients(cluster.rest(), options.clients());
        double services = cluster.services().cpuSeconds();
        double agents = cluster.agents().cpuSeconds();
        double load = Child.cpuSeconds(ProcessHandle.current());
        Clients.Created created = clients.createFor(options.seconds());
        double each = 1e3 / created.ids().size();
        row(
                "creates, 2 replicas, %d clients, REST to Online".formatted(options.clients()),
                "%.0f /s".formatted(created.perSecond()),
                "300 /s",
                "1,000 /s");
        row(
                "… p50 / p99",
                "%.1f / %.1f ms"
                        .formatted(
                                created.latencies().ms(0.5), created.latencies().ms(0.99)),
                "p99 50 ms",
                "");
        row(
                "… processor for each: services, gateway and store / agents / clients",
                "%.2f / %.2f / %.2f ms"
                        .formatted(
                                (cluster.services().cpuSeconds() - services) * each,
                                (cluster.agents().cpuSeconds() - agents) * each,
                                (Child.cpuSeconds(ProcessHandle.current()) - load) * each),
                "",
                "");
        row("… answers that did not say Online", "" + created.notOnline(), "0", "");
        row("… creates that were told to come back", "" + cluster.rest().turnedAway(), "", "");
        clients.each(created.ids(), cluster.rest()::delete);
        Clients.Created paced = clients.createAt(PACE, options.seconds());
        row(
                "creates, %d begun a second: p50 / p99 since each was due".formatted(PACE),
                "%.1f / %.1f ms"
                        .formatted(paced.latencies().ms(0.5), paced.latencies().ms(0.99)),
                "p99 50 ms",
                "");
        clients.each(paced.ids(), cluster.rest()::delete);
    }

    /// Milliseconds of the services' processor; what is made is deleted after it.
    private double cpuPerCreate(Cluster cluster) throws Exception {
        var clients = new Clients(cluster.rest(), options.clients());
        double before = cluster.services().cpuSeconds();
        Clients.Created created = clients.create(BATCH);
        double each = (cluster.services().cpuSeconds() - before) * 1e3 / BATCH;
        clients.each(created.ids(), cluster.rest()::delete);
        return each;
    }

    private void restart() throws Exception {
        try (var cluster = Cluster.start(options, new Population(options.few(), options.present(), 0))) {
            warmUp(cluster);
            cluster.services().order("stop");
            long start = System.nanoTime();
            cluster.services().tell("start");
            String known = Population.volume(options.present() / 2).toString();
            while (!cluster.rest().status(known).equals("Online")) Thread.sleep(5);
            double readable = (System.nanoTime() - start) / 1e9;
            createAtLast(cluster.rest());
            double ready = (System.nanoTime() - start) / 1e9;
            cluster.services().answer();
            row(
                    "restart with %,d volumes: until one is read as Online / until a create is answered"
                            .formatted(options.present()),
                    "%.1f / %.1f s".formatted(readable, ready),
                    "5 s",
                    "2 s");
            double failOver = Long.parseLong(cluster.services().order("fail over")) / 1e3;
            row("leader's death to the first change by the next", "%.1f s".formatted(failOver), "3 s", "1 s");
        }
    }

    private static void createAtLast(Rest rest) throws Exception {
        String id = UUID.randomUUID().toString();
        String body =
                """
                {"size": %d, "replicas": 2, "thin": true}""".formatted(Population.SIZE.count());
        while (rest.call("PUT", "volumes/" + id, body).status() >= 300) Thread.sleep(5);
    }

    private void idle() throws Exception {
        var population = new Population(options.nodes(), options.volumes(), options.victims());
        try (var cluster = Cluster.start(options, population)) {
            warmUp(cluster);
            // What the start and the creating left behind is no part of being idle.
            Thread.sleep(options.seconds() * 2000L);
            double seconds = Math.max(2.0 * options.seconds(), 10);
            String before = cluster.services().order("runs");
            double services = cluster.services().cpuSeconds();
            double agents = cluster.agents().cpuSeconds();
            Thread.sleep((long) (seconds * 1000));
            String size = "%,d nodes, %,d volumes".formatted(options.nodes(), options.volumes());
            row(
                    size + ", nothing happening: processor of services, gateway and store / of the agents",
                    "%.1f / %.1f %% of a core"
                            .formatted(
                                    (cluster.services().cpuSeconds() - services) / seconds * 100,
                                    (cluster.agents().cpuSeconds() - agents) / seconds * 100),
                    "5 %",
                    "1 %");
            row(
                    "… reconciler runs and ids found amiss, before / after %.0f s".formatted(seconds),
                    before + " / " + cluster.services().order("runs"),
                    "",
                    "");
            row("… resident memory of services, gateway and store", resident(cluster), "1,536 MiB", "800 MiB");
            long heap = Long.parseLong(cluster.services().order("heap"));
            row("… heap of them after a collection", "%d MiB".formatted(heap >> 20), "", "");
            row("… resident memory after it", resident(cluster), "", "");
            death(cluster);
        }
    }

    private static String resident(Cluster cluster) throws Exception {
        return "%,d MiB".formatted(cluster.services().residentMib());
    }

    private void death(Cluster cluster) throws Exception {
        Population population = cluster.population();
        var clients = new Clients(cluster.rest(), options.clients());
        // Each is served by the node of its other copy.
        var where = new TreeMap<String, String>();
        for (int v = 0; v < population.victims(); v++) {
            where.put(
                    Population.volume(v).toString(),
                    Population.node(population.place(v, 1)).name());
        }
        var victims = List.copyOf(where.keySet());
        clients.each(victims, id -> cluster.rest().publish(id, Objects.requireNonNull(where.get(id))));
        Thread.sleep(5_000);
        cluster.services().order("await");
        long start = System.nanoTime();
        cluster.agents().order("kill 0");
        double degraded = until(cluster, clients, victims, "Online", start);
        String[] awaited = cluster.services().order("awaited").split(" ");
        while (!awaited[0].equals("0") && (System.nanoTime() - start) / 1e9 < 60) {
            Thread.sleep(20);
            awaited = cluster.services().order("awaited").split(" ");
        }
        String what = "a node with %,d replicas dies, %,d volumes: ".formatted(victims.size(), population.volumes());
        row(what + "until all of them are read as Degraded", "%.1f s".formatted(degraded), "", "");
        row(
                "… until every one of them was reconciled",
                awaited[0].equals("0")
                        ? "%.1f s".formatted(Long.parseLong(awaited[1]) / 1e3)
                        : awaited[0] + " not after 60 s",
                "5 s",
                "1 s");
        double healed = until(cluster, clients, victims, "Degraded", start);
        row("… until all of them are Online again", "%.1f s".formatted(healed), "", "");
    }

    /// Seconds from a start until none of these volumes has this status any more.
    private static double until(Cluster cluster, Clients clients, List<String> ids, String no, long start)
            throws Exception {
        List<String> left = List.copyOf(ids);
        while (!left.isEmpty() && (System.nanoTime() - start) / 1e9 < 120) {
            var still = ConcurrentHashMap.<String>newKeySet();
            clients.each(left, id -> {
                if (cluster.rest().status(id).equals(no)) still.add(id);
            });
            left = List.copyOf(still);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static void row(String... cells) {
        System.out.println("| " + String.join(" | ", cells) + " |");
    }
}
