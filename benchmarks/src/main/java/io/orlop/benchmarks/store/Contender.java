package io.orlop.benchmarks.store;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server of the etcd v3 API in a process of its own.
final class Contender implements AutoCloseable {
    private final String name;
    private final List<String> command;
    private final Path directory;
    private final int port;
    private Process process;
    private ManagedChannel channel;

    private Contender(String name, List<String> command, Path directory) throws IOException {
        this.name = name;
        this.directory = directory;
        this.port = freePort();
        String url = "http://127.0.0.1:" + port;
        String peerUrl = "http://127.0.0.1:" + freePort();
        this.command = new ArrayList<>(command);
        this.command.addAll(List.of(
                "--name", "bench", "--data-dir", directory.resolve("data").toString()));
        this.command.addAll(List.of("--listen-client-urls", url, "--advertise-client-urls", url));
        this.command.addAll(List.of("--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl));
        this.command.addAll(List.of("--initial-cluster", "bench=" + peerUrl));
        this.process = launch();
        this.channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    /// Starts it with its data and its log in this directory.
    static Contender start(String name, List<String> command, Path directory) throws IOException {
        Files.createDirectories(directory);
        var contender = new Contender(name, command, directory);
        contender.awaitServing();
        return contender;
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /// Stops it politely and starts it again.
    ///
    /// @return how long from the start of the process to the first answer
    Duration restart() throws IOException {
        channel.shutdownNow();
        stop();
        long start = System.nanoTime();
        process = launch();
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        awaitServing();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void awaitServing() throws IOException {
        var anything = RangeRequest.newBuilder()
                .setKey(com.google.protobuf.ByteString.copyFromUtf8("anything"))
                .build();
        while (true) {
            try {
                KVGrpc.newBlockingStub(channel).range(anything);
                return;
            } catch (StatusRuntimeException notYet) {
                if (!process.isAlive())
                    throw new IOException(name + " ended: " + Files.readString(directory.resolve("log")), notYet);
                channel.resetConnectBackoff();
                pause();
            }
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(10);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            throw new IOException(hurried);
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    ManagedChannel channel() {
        return channel;
    }

    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    double residentMib() throws IOException {
        return proc("status", "VmRSS:") / 1024.0;
    }

    double anonymousMib() throws IOException {
        return proc("status", "RssAnon:") / 1024.0;
    }

    /// What the process had the kernel write to disks since it began.
    long bytesWritten() throws IOException {
        return proc("io", "write_bytes:");
    }

    private long proc(String file, String field) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/" + file))) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        }
    }

    private void stop() {
        process.destroy();
        process.onExit().join();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        stop();
    }
}
