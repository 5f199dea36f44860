package io.orlop.etcd;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/// A real etcd: the one that `ETCD_ENDPOINTS` names, else a container, else the program on the path, else the test is
/// skipped and says so; with `ORLOP_CI=1` it fails.
public record RealEtcd(String endpoint, Runnable stop) implements AutoCloseable {
    private static final String MISSING =
            "no etcd: neither ETCD_ENDPOINTS nor Docker nor the program etcd (Debian package etcd-server)";
    private static final String IMAGE = "quay.io/coreos/etcd:v3.6.6";

    /// A test that calls it from a set-up method is skipped, visibly, where there is no etcd.
    public static RealEtcd start() throws Exception {
        String given = System.getenv("ETCD_ENDPOINTS");
        if (given != null && !given.isBlank()) return new RealEtcd(given.split(",", -1)[0], () -> {});
        return startEmpty();
    }

    /// One that nobody else uses or has used, whatever `ETCD_ENDPOINTS` says.
    ///
    /// @param flags beside those that say where its data is and where it listens
    public static RealEtcd startEmpty(String... flags) throws Exception {
        if (dockerAvailable()) return inContainer(flags);
        Optional<Path> program = Program.onPath("etcd");
        return program.isPresent() ? asProcess(program.get(), flags) : Program.missing(MISSING);
    }

    /// `host:port`, of the endpoint.
    public String authority() {
        return URI.create(endpoint).getAuthority();
    }

    private static boolean dockerAvailable() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (RuntimeException e) {
            return false;
        }
    }

    @SuppressWarnings("resource") // Closed with the record.
    private static RealEtcd inContainer(String... flags) {
        var container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withExposedPorts(2379)
                .withCommand(command(
                        "etcd",
                        List.of(
                                "--listen-client-urls=http://0.0.0.0:2379",
                                "--advertise-client-urls=http://0.0.0.0:2379"),
                        flags))
                .waitingFor(Wait.forHttp("/health").forPort(2379));
        container.start();
        return new RealEtcd("http://" + container.getHost() + ":" + container.getMappedPort(2379), container::stop);
    }

    /// One on a data directory that is there already, as `etcdctl snapshot restore` makes it, or on a new one. The
    /// directory stays, and when this is closed etcd has written all of it. Only the program of the machine can do
    /// that. With `--cert-file=…` or `--auto-tls` it listens with TLS.
    public static RealEtcd startOn(Path directory, String... flags) throws Exception {
        Path program = Program.required("etcd", "etcd-server");
        return asProcess(program, directory, Process::destroy, flags);
    }

    /// Like [#startOn], with TLS.
    public static RealEtcd startOn(Path directory, Path certificate, Path key) throws Exception {
        Path program = Program.required("etcd", "etcd-server");
        return asProcess(program, directory, Process::destroy, "--cert-file=" + certificate, "--key-file=" + key);
    }

    /// Like [#startOn], but closing it is a SIGKILL: what is on the disk then is all that is left.
    public static RealEtcd startOnUntilKilled(Path directory, String... flags) throws Exception {
        Path program = Program.required("etcd", "etcd-server");
        return asProcess(program, directory, Process::destroyForcibly, flags);
    }

    private static RealEtcd asProcess(Path program, String... flags) throws Exception {
        Path directory = Files.createTempDirectory("orlop-etcd");
        RealEtcd etcd = asProcess(program, directory, Process::destroyForcibly, flags);
        return new RealEtcd(etcd.endpoint, () -> {
            etcd.close();
            delete(directory);
        });
    }

    private static RealEtcd asProcess(Path program, Path directory, Consumer<Process> end, String... flags)
            throws Exception {
        int clientPort = freePort();
        boolean secure = Stream.of(flags).anyMatch(flag -> flag.startsWith("--cert-file") || flag.equals("--auto-tls"));
        String scheme = secure ? "https" : "http";
        String client = scheme + "://127.0.0.1:" + clientPort;
        // The peer port is never connected to; the system picks one.
        List<String> own = List.of(
                "--data-dir=" + directory,
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=http://127.0.0.1:0",
                "--log-level=error");
        Path log = directory.resolveSibling(directory.getFileName() + ".log");
        Process process = new ProcessBuilder(command(program.toString(), own, flags))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        awaitPort(clientPort, process, log);
        return new RealEtcd(client, () -> {
            end.accept(process);
            process.onExit().join();
            log.toFile().delete();
        });
    }

    private static String[] command(String program, List<String> own, String... flags) {
        return Stream.of(Stream.of(program), own.stream(), Stream.of(flags))
                .flatMap(Function.identity())
                .toArray(String[]::new);
    }

    private static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitPort(int port, Process process, Path log) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException _) {
                Thread.sleep(50);
            }
        }
        process.destroyForcibly();
        throw new AssertionError("etcd did not start: " + Files.readString(log));
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @Override
    public void close() {
        stop.run();
    }
}
