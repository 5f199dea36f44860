package io.orlop.dataplane.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/// This machine's.
///
/// TCP is let notice that the other end is gone without a word: after 10 s of silence it is asked every 5 s, and after
/// three questions without an answer the connection breaks. A host that lost power would else be waited for by who
/// has nothing to send to it, for ever.
enum Tcp implements Network {
    NETWORK;

    private static final int IDLE_S = 10;
    private static final int INTERVAL_S = 5;
    private static final int PROBES = 3;
    private static final int BACKLOG = 512;

    @Override
    public Listener listen(InetSocketAddress address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address, BACKLOG);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return new Bound(server);
    }

    @Override
    public Line connect(InetSocketAddress to, Duration patience) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            prepare(channel);
            channel.socket().connect(to, Math.toIntExact(patience.toMillis()));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return new Connected(channel);
    }

    private static void prepare(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_S);
        set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_S);
        set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    }

    /// Where the system does not let a connection choose, its own two hours hold.
    private static void set(SocketChannel channel, SocketOption<Integer> option, int value) throws IOException {
        if (channel.supportedOptions().contains(option)) channel.setOption(option, value);
    }

    private record Bound(ServerSocketChannel server) implements Listener {
        @Override
        public InetSocketAddress address() throws IOException {
            return (InetSocketAddress) server.getLocalAddress();
        }

        @Override
        public Line accept() throws IOException {
            SocketChannel channel = server.accept();
            try {
                prepare(channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            return new Connected(channel);
        }

        @Override
        public boolean isOpen() {
            return server.isOpen();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private record Connected(SocketChannel channel) implements Line {
        @Override
        public InetSocketAddress here() throws IOException {
            return (InetSocketAddress) channel.getLocalAddress();
        }

        @Override
        public InetSocketAddress there() throws IOException {
            return (InetSocketAddress) channel.getRemoteAddress();
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return channel.read(into);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return channel.write(from);
        }

        @Override
        public long write(ByteBuffer[] from) throws IOException {
            return channel.write(from);
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) throws IOException {
            return channel.write(from, offset, length);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        @Override
        public String toString() {
            return channel.toString();
        }
    }
}
