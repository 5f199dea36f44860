package io.orlop.wire.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A TCP connection to a peer whose power can be cut: from then on nothing comes through, and nothing says so.
public final class SilentLine implements AutoCloseable {
    private final int peer;
    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch forEver = new CountDownLatch(1);
    private volatile boolean silent;

    public SilentLine(int peer) throws IOException {
        this.peer = peer;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    public void fallSilent() {
        silent = true;
    }

    private void accept() {
        try {
            while (true) {
                Socket here = listening.accept();
                var there = new Socket(InetAddress.getLoopbackAddress(), peer);
                sockets.addAll(List.of(here, there));
                Thread.ofVirtual().start(() -> pass(here, there));
                Thread.ofVirtual().start(() -> pass(there, here));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void pass(Socket from, Socket to) {
        var some = new byte[8192];
        try {
            while (true) {
                int read = from.getInputStream().read(some);
                if (silent) forEver.await();
                if (read < 0) break;
                to.getOutputStream().write(some, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException | InterruptedException closed) {
            // The test is over, or one of the ends has left.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) socket.close();
        forEver.countDown();
    }
}
