package io.orlop.benchmarks.store;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// One HTTP/2 connection to one gRPC method, as light as it may be: requests are encoded beforehand, of answers only
/// the frames' heads are read. A gRPC library here would take more of the machine than the servers that are measured.
///
/// Header fields go as gRPC's clients send them: in full once, by their numbers afterwards.
final class RawConnection implements AutoCloseable {
    /// What arrives.
    interface Answers {
        /// A whole message; only of streams opened with [RawConnection#open].
        void message(RawConnection connection, int stream);

        /// A part of a message, in order: from `at`, `length` bytes.
        default void part(ByteBuffer bytes, int at, int length) {}

        /// The end of a stream.
        ///
        /// @param answered whether anything was said before; a refusal ends without
        void ended(RawConnection connection, int stream, boolean answered);
    }

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int RING = 1 << 14;
    private static final int WINDOW = Integer.MAX_VALUE;

    private final SocketChannel channel;
    private final Answers answers;
    private final byte[] firstHead;
    private final byte[] head;
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 18);
    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 18);
    private final boolean[] spoken = new boolean[RING];
    private final Map<Integer, Message> messages = new HashMap<>();
    private int nextStream = 1;
    private long mayWrite = 65_535;
    private int unacknowledged;

    private RawConnection(SocketChannel channel, String method, Answers answers) {
        this.channel = channel;
        this.answers = answers;
        firstHead = firstHead(method);
        // POST, http, and the four that the first request put into the table, in order.
        head = new byte[] {(byte) 0x83, (byte) 0x86, (byte) 0xc1, (byte) 0xc0, (byte) 0xbf, (byte) 0xbe};
    }

    static RawConnection open(int port, String method, Selector selector, Answers answers) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        RawConnection connection = new RawConnection(channel, method, answers);
        channel.register(selector, SelectionKey.OP_READ, connection);
        connection.out.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        connection.frameHead(6, SETTINGS, 0, 0);
        connection.out.putShort((short) 4).putInt(WINDOW);
        connection.frameHead(4, WINDOW_UPDATE, 0, 0);
        connection.out.putInt(WINDOW - 65_535);
        connection.flush();
        return connection;
    }

    private static byte[] firstHead(String method) {
        ByteBuffer block = ByteBuffer.allocate(200);
        block.put((byte) 0x83).put((byte) 0x86);
        literal(block.put((byte) 0x44), "/etcdserverpb." + method);
        literal(block.put((byte) 0x41), "127.0.0.1");
        literal(block.put((byte) 0x5f), "application/grpc");
        literal(block.put((byte) 0x40), "te");
        literal(block, "trailers");
        byte[] bytes = new byte[block.position()];
        block.flip().get(bytes);
        return bytes;
    }

    private static void literal(ByteBuffer block, String text) {
        block.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void frameHead(int length, int type, int flags, int stream) {
        out.putInt(length << 8 | type).put((byte) flags).putInt(stream);
    }

    /// Whether the server has given room for a request of so many bytes.
    boolean mayWrite(int bytes) {
        return mayWrite >= bytes && out.remaining() > bytes + 512;
    }

    /// One request that is all its stream says.
    ///
    /// @return the stream
    int request(byte[] message) {
        int stream = head(0);
        spoken[stream >> 1 & RING - 1] = false;
        data(stream, message, END_STREAM);
        return stream;
    }

    /// A stream on which more requests may follow.
    int open() {
        int stream = head(0);
        messages.put(stream, new Message());
        return stream;
    }

    void send(int stream, byte[] message) {
        data(stream, message, 0);
    }

    private int head(int flags) {
        int stream = nextStream;
        nextStream += 2;
        byte[] block = stream == 1 ? firstHead : head;
        frameHead(block.length, HEADERS, END_HEADERS | flags, stream);
        out.put(block);
        return stream;
    }

    private void data(int stream, byte[] message, int flags) {
        frameHead(message.length + 5, DATA, flags, stream);
        out.put((byte) 0).putInt(message.length).put(message);
        mayWrite -= message.length + 5;
    }

    void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) Thread.onSpinWait();
        }
        out.clear();
    }

    /// Takes what has arrived.
    void read() throws IOException {
        if (channel.read(in) < 0) throw new IOException("the server closed the connection");
        in.flip();
        while (in.remaining() >= 9) {
            int start = in.position();
            int length = in.getInt(start) >>> 8;
            if (in.remaining() < 9 + length) break;
            frame(in.get(start + 3), in.get(start + 4), in.getInt(start + 5), start + 9, length);
            in.position(start + 9 + length);
        }
        in.compact();
        if (unacknowledged > 1 << 26) {
            frameHead(4, WINDOW_UPDATE, 0, 0);
            out.putInt(unacknowledged);
            unacknowledged = 0;
        }
    }

    private void frame(int type, int flags, int stream, int at, int length) throws IOException {
        switch (type) {
            case DATA -> {
                unacknowledged += length;
                var message = messages.get(stream);
                if (message != null) message.take(stream, at, length);
                else spoken[stream >> 1 & RING - 1] = true;
                if ((flags & END_STREAM) != 0) answers.ended(this, stream, true);
            }
            case HEADERS -> {
                if ((flags & END_STREAM) != 0) answers.ended(this, stream, spoken[stream >> 1 & RING - 1]);
            }
            case RST_STREAM -> answers.ended(this, stream, false);
            case SETTINGS -> {
                if ((flags & ACK) == 0) frameHead(0, SETTINGS, ACK, 0);
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    frameHead(8, PING, ACK, 0);
                    out.putLong(in.getLong(at));
                }
            }
            case WINDOW_UPDATE -> {
                if (stream == 0) mayWrite += in.getInt(at);
            }
            case GOAWAY -> throw new IOException("the server says goodbye, error " + in.getInt(at + 4));
            default -> {}
        }
    }

    /// Finds where messages end that are spread over frames as it comes.
    private final class Message {
        private int headSeen;
        private int left;

        void take(int stream, int at, int length) {
            int end = at + length;
            while (at < end) {
                if (headSeen < 5) {
                    if (headSeen > 0) left = left << 8 | in.get(at) & 0xff;
                    at++;
                    headSeen++;
                } else {
                    int taken = Math.min(left, end - at);
                    answers.part(in, at, taken);
                    at += taken;
                    left -= taken;
                }
                if (headSeen == 5 && left == 0) {
                    headSeen = 0;
                    answers.message(RawConnection.this, stream);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
