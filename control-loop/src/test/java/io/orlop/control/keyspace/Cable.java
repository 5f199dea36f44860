package io.orlop.control.keyspace;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A TCP connection to a store that can be cut: what goes through is lost, and new connections end at once until it
/// is mended.
final class Cable implements AutoCloseable {
    private final InetSocketAddress store;
    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean whole = true;

    Cable(InetSocketAddress store) throws IOException {
        this.store = store;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String endpoint() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    void cut() {
        whole = false;
        for (Socket socket : sockets) {
            close(socket);
            sockets.remove(socket);
        }
    }

    void mend() {
        whole = true;
    }

    @Override
    public void close() {
        close(listening);
        cut();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (!whole) {
                    close(client);
                    continue;
                }
                var upstream = new Socket();
                sockets.add(client);
                sockets.add(upstream);
                upstream.connect(store);
                Thread.ofVirtual().start(() -> pump(client, upstream));
                Thread.ofVirtual().start(() -> pump(upstream, client));
            } catch (IOException _) {
                // Closed, or the store is away: the client sees a closed connection.
            }
        }
    }

    private static void pump(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException _) {
            // Cut.
        } finally {
            close(from);
            close(to);
        }
    }

    private static void close(@Nullable AutoCloseable closeable) {
        try {
            if (closeable != null) closeable.close();
        } catch (Exception _) {
            // Closed is closed.
        }
    }
}
