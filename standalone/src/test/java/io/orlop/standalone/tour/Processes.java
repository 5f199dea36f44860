package io.orlop.standalone.tour;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Orlop's parts, a JVM each, on loopback ports that were free a moment ago, as `./orlop service` and `./orlop agent`
/// start them: every part finds all jars on its class path.
final class Processes implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int LOWEST_PORT = 20_000;
    /// Linux' default, in `/proc/sys/net/ipv4/ip_local_port_range`.
    private static final int FIRST_OUTGOING_PORT = 32_768;

    private final Path directory;
    private final String store;
    private final Map<String, Integer> ports = new TreeMap<>();
    private final int copies;
    private final Map<String, Process> running = new TreeMap<>();

    /// With one copy of each service, called like the service.
    ///
    /// @param store the URL of an etcd
    Processes(Path directory, String store) {
        this(directory, store, 1);
    }

    /// @param copies of each service
    Processes(Path directory, String store, int copies) {
        this.directory = directory;
        this.store = store;
        this.copies = copies;
    }

    /// What the copies of a service are called.
    List<String> copies(String service) {
        if (copies == 1) return List.of(service);
        return IntStream.rangeClosed(1, copies).mapToObj(i -> service + "-" + i).toList();
    }

    /// A copy of a service that others call over gRPC.
    void service(String name, Class<?> application) {
        startWithPeers(
                name,
                application,
                "--orlop.address=127.0.0.1:" + port(name),
                "--spring.grpc.server.port=" + port(name),
                "--server.port=" + port(name + "-http"),
                "--orlop.store.endpoints=" + store,
                "--orlop.store.lease-ttl=3s");
    }

    void gateway(Class<?> application) {
        startWithPeers("gateway", application, "--server.port=" + port("gateway-http"));
    }

    private void startWithPeers(String name, Class<?> application, String... options) {
        var all = new ArrayList<>(List.of(options));
        for (String peer : List.of("registry", "pools", "nexuses", "volumes")) {
            all.add("--spring.grpc.client.channel.%s.target=%s".formatted(peer, target(copies(peer))));
        }
        start(name, application.getName(), Map.of(), all);
    }

    private String target(List<String> copies) {
        return copies.stream()
                .map(copy -> "127.0.0.1:" + port(copy))
                .collect(Collectors.joining(",", "copies:///", ""));
    }

    /// A process that asks Kubernetes for everything.
    void inKubernetes(String name, Class<?> application, KubernetesApi kubernetes) {
        start(
                name,
                application.getName(),
                Map.of(
                        "KUBERNETES_SERVICE_HOST",
                        "127.0.0.1",
                        "KUBERNETES_SERVICE_PORT",
                        String.valueOf(kubernetes.port()),
                        "KUBERNETES_MASTER",
                        "http://127.0.0.1:" + kubernetes.port(),
                        "KUBERNETES_NAMESPACE",
                        KubernetesApi.NAMESPACE),
                List.of("--spring.profiles.active=kubernetes"));
    }

    /// It registers with the copy that was started last, which as a rule is not the one that leads.
    void agent(String node, Class<?> main, Path disks) {
        start(
                node,
                main.getName(),
                Map.of(),
                List.of(
                        "--node",
                        node,
                        "--registration",
                        target(copies("registry").reversed()),
                        "--store",
                        store,
                        "--grpc-port",
                        String.valueOf(port(node)),
                        "--nvme-port",
                        String.valueOf(port(node + "-nvme")),
                        "--dir",
                        disks.toString()));
    }

    private void start(String name, String main, Map<String, String> environment, List<String> options) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // As `orlop` and the image start services.
                "-XX:+UseG1GC",
                "-XX:-G1UseAdaptiveIHOP",
                "-XX:InitiatingHeapOccupancyPercent=70",
                "-XX:TieredStopAtLevel=1",
                "-Xmx192m",
                "-ea:io.orlop...",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(options);
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
        process.environment().putAll(environment);
        try {
            running.put(name, process.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends it as abruptly as a power cut.
    void kill(String name) {
        running.remove(name).destroyForcibly().onExit().join();
    }

    /// Ends the copy that leads.
    ///
    /// @return its name
    String killLeader(String service) throws InterruptedException {
        var leading = new AtomicReference<String>();
        Tour.await("a copy of %s leads".formatted(service), () -> {
            copies(service).stream()
                    .filter(running::containsKey)
                    .filter(this::leads)
                    .forEach(leading::set);
            return leading.get() != null;
        });
        kill(leading.get());
        return leading.get();
    }

    private boolean leads(String copy) {
        try (var rest = new Rest(port(copy + "-http"))) {
            return rest.call("GET", "/actuator/health", "")
                    .body()
                    .at("/components/owner/details/in_office")
                    .asBoolean(false);
        }
    }

    /// Asks all to end, as a supervisor does.
    ///
    /// @return the codes with which they end
    Map<String, Integer> end() {
        running.values().forEach(Process::destroy);
        var codes = new TreeMap<String, Integer>();
        running.forEach(
                (name, process) -> codes.put(name, process.onExit().join().exitValue()));
        running.clear();
        return codes;
    }

    int port(String name) {
        return ports.computeIfAbsent(name, _ -> free());
    }

    /// One below those that the kernel gives to outgoing connections: such a port may be somebody's again before a
    /// process that starts slowly listens on it.
    private static int free() {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, FIRST_OUTGOING_PORT);
            try (var probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException _) {
                // Taken.
            }
        }
        throw new IllegalStateException("no port is free");
    }

    /// Waits until Actuator says that the part is up.
    void awaitUp(String name) throws InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/actuator/health".formatted(port(name + "-http"))))
                .build();
        try (var client = HttpClient.newHttpClient()) {
            await(name, () -> {
                var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                return answer.statusCode() == 200;
            });
        }
    }

    /// Waits until a part that speaks only gRPC listens.
    void awaitListening(String name) throws InterruptedException {
        await(name, () -> {
            new Socket(InetAddress.getLoopbackAddress(), port(name)).close();
            return true;
        });
    }

    private interface Probe {
        boolean holds() throws IOException, InterruptedException;
    }

    private void await(String name, Probe probe) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(probe)) {
            if (!running.get(name).isAlive() || System.nanoTime() > until) {
                throw new AssertionError(name + " is not up:\n" + said(name));
            }
            Thread.sleep(100);
        }
    }

    private static boolean holds(Probe probe) throws InterruptedException {
        try {
            return probe.holds();
        } catch (IOException notYet) {
            return false;
        }
    }

    private Path log(String name) {
        return directory.resolve(name + ".log");
    }

    /// What a part has written.
    String said(String name) {
        try {
            return Files.readString(log(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends all in good order, and at once what does not.
    @Override
    public void close() {
        running.values().forEach(Process::destroy);
        running.values().forEach(Processes::awaitEnd);
    }

    private static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS))
                process.destroyForcibly().onExit().join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
