package io.orlop.benchmarks.device;

import io.orlop.benchmarks.process.Child;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A program that serves a file over NBD.
record Peer(String name, Process process, int port, ByteBuffer noise) implements Contender {
    /// The kernel's page cache, as our agent's.
    static Peer nbdkit(Path file, ByteBuffer noise) throws IOException {
        int port = freePort();
        return start("nbdkit", port, noise, "nbdkit", "-f", "-i", "127.0.0.1", "-p", "" + port, "file", "" + file);
    }

    static Peer qemuNbd(Path file, ByteBuffer noise) throws IOException {
        int port = freePort();
        return start(
                "qemu-nbd",
                port,
                noise,
                "qemu-nbd",
                "--format=raw",
                "--bind=127.0.0.1",
                "--port=" + port,
                "--persistent",
                "--shared=0",
                "--cache=writeback",
                "--aio=threads",
                file.toString());
    }

    private static Peer start(String name, int port, ByteBuffer noise, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Peer peer = new Peer(name, process, port, noise);
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                peer.connect(1)[0].close();
                return peer;
            } catch (ConnectException notYet) {
                pause();
            }
        }
        process.destroyForcibly();
        throw new IOException(name + " does not listen; try its command by hand: " + Arrays.toString(command));
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public Wire[] connect(int queues) throws IOException {
        List<Wire> wires = new ArrayList<>();
        for (int i = 0; i < queues; i++) {
            wires.add(NbdWire.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), noise));
        }
        return wires.toArray(new Wire[0]);
    }

    @Override
    public double cpuSeconds() throws IOException {
        return Child.cpuSeconds(process.toHandle());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
