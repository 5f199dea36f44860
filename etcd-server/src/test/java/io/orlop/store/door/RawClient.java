package io.orlop.store.door;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A client that says what it likes, frame by frame, and takes only what the test wants. Header fields are literals.
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int nextStream = 1;

    /// @param settings numbers and values
    RawClient(int port, int... settings) throws IOException {
        socket = new Socket("127.0.0.1", port);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        ByteBuffer all = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2)
            all.putShort((short) settings[i]).putInt(settings[i + 1]);
        send(Frame.SETTINGS, 0, 0, all.array());
        try {
            next(Frame.SETTINGS);
            send(Frame.SETTINGS, Frame.ACK, 0, new byte[0]);
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    void send(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeInt(payload.length << 8 | type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    /// Begins a call.
    ///
    /// @param fields names and values beside those that every call has
    /// @return its stream
    int begin(String path, String... fields) throws IOException {
        int stream = nextStream();
        send(Frame.HEADERS, Frame.END_HEADERS, stream, head(path, fields));
        return stream;
    }

    int nextStream() {
        int stream = nextStream;
        nextStream += 2;
        return stream;
    }

    static byte[] head(String path, String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(
                List.of(":method", "POST", ":scheme", "http", ":path", path, ":authority", "test", "te", "trailers"));
        if (!List.of(fields).contains("content-type")) all.addAll(List.of("content-type", "application/grpc"));
        all.addAll(List.of(fields));
        for (int i = 0; i < all.size(); i += 2) {
            block.write(0);
            text(block, all.get(i));
            text(block, all.get(i + 1));
        }
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        int rest = text.length();
        if (rest < 127) {
            block.write(rest);
        } else {
            block.write(127);
            for (rest -= 127; rest > 127; rest >>= 7) block.write(rest & 127 | 128);
            block.write(rest);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void message(int stream, byte[] message, boolean last) throws IOException {
        byte[] framed = ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
        send(Frame.DATA, last ? Frame.END_STREAM : 0, stream, framed);
    }

    /// A call with one message.
    int call(String path, byte[] message, String... fields) throws IOException {
        int stream = begin(path, fields);
        message(stream, message, true);
        return stream;
    }

    void window(int stream, int bytes) throws IOException {
        send(
                Frame.WINDOW_UPDATE,
                0,
                stream,
                ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /// The next frame.
    Frame next() throws IOException {
        int head = in.readInt();
        int flags = in.readByte();
        int stream = in.readInt();
        byte[] payload = new byte[head >>> 8];
        in.readFully(payload);
        return new Frame(head & 0xff, flags, stream, payload);
    }

    /// The next frame of this kind; what comes before is not looked at.
    Frame next(Predicate<Frame> wanted) throws IOException {
        Frame frame = next();
        while (!wanted.test(frame)) frame = next();
        return frame;
    }

    Frame next(int type) throws IOException {
        return next(frame -> frame.type() == type);
    }

    /// The end of a stream.
    Frame end(int stream) throws IOException {
        return next(frame -> frame.stream() == stream && frame.ends());
    }

    /// Returns when the server hung up.
    void awaitEnd() throws IOException {
        try {
            while (in.read() >= 0) {}
        } catch (IOException reset) {
            // A way to hang up.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
