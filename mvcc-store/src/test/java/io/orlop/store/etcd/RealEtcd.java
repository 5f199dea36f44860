package io.orlop.store.etcd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The etcd of the machine, as a process of its own; without one, the test is skipped and says which package has it.
final class RealEtcd implements AutoCloseable {
    private final Process process;
    private final int port;

    private RealEtcd(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static RealEtcd start(Path directory) throws IOException {
        Path binary = onPath("etcd");
        assumeTrue(binary != null, "no etcd on the PATH: install Debian's package etcd-server");
        int client = freePort();
        int peer = freePort();
        String clientUrl = "http://127.0.0.1:" + client;
        String peerUrl = "http://127.0.0.1:" + peer;
        Process process = new ProcessBuilder(List.of(
                        "etcd",
                        "--data-dir",
                        directory.toString(),
                        "--listen-client-urls",
                        clientUrl,
                        "--advertise-client-urls",
                        clientUrl,
                        "--listen-peer-urls",
                        peerUrl,
                        "--initial-advertise-peer-urls",
                        peerUrl,
                        "--initial-cluster",
                        "default=" + peerUrl))
                .redirectErrorStream(true)
                .start();
        RealEtcd etcd = new RealEtcd(process, client);
        etcd.awaitReady();
        return etcd;
    }

    static @Nullable Path onPath(String name) {
        for (String directory : System.getenv("PATH").split(":")) {
            Path candidate = Path.of(directory, name);
            if (Files.isExecutable(candidate)) return candidate;
        }
        return null;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line;
        do {
            line = output.readLine();
            if (line == null) throw new IOException("etcd ended before it was ready");
        } while (!line.contains("ready to serve client requests"));
        Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {}));
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
