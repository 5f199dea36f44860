package io.orlop.benchmarks.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.IntConsumer;

/// A host's side of a protocol for blocks, over one connection and for one thread. Operations have numbers from 0 on;
/// several are begun, go out with one system call, and end in any order. What is read is dropped, what is written is
/// noise: both protocols cost their server what they cost, and the client next to nothing.
abstract sealed class Wire implements AutoCloseable permits NbdWire, NvmeWire {
    private static final int RECEIVE_BYTES = 1 << 20;

    protected final SocketChannel channel;
    protected final ByteBuffer noise;
    protected ByteBuffer out = ByteBuffer.allocateDirect(1 << 20);
    protected final ByteBuffer in = ByteBuffer.allocateDirect(RECEIVE_BYTES).limit(0);

    protected Wire(SocketChannel channel, ByteBuffer noise) {
        this.channel = channel;
        this.noise = noise;
    }

    abstract void begin(int operation, boolean write, long offset, int length);

    /// Everything written before is to be durable.
    abstract void beginFlush(int operation);

    /// Takes what has arrived in full.
    ///
    /// @return whether anything ended
    protected abstract boolean take(IntConsumer ended) throws IOException;

    /// Waits until at least one operation has ended.
    final void await(IntConsumer ended) throws IOException {
        send();
        while (!take(ended)) {
            in.compact();
            if (channel.read(in) < 0) throw new IOException("the server closed the connection");
            in.flip();
            send();
        }
    }

    /// Sends what is begun.
    private void send() throws IOException {
        out.flip();
        while (out.hasRemaining()) channel.write(out);
        out.clear();
    }

    protected final void room(int bytes) {
        if (out.remaining() >= bytes) return;
        ByteBuffer larger = ByteBuffer.allocateDirect(Math.max(2 * out.capacity(), out.position() + bytes))
                .order(out.order());
        out = larger.put(out.flip());
    }

    protected final void putNoise(int length) {
        out.put(out.position(), noise, 0, length).position(out.position() + length);
    }

    /// For what is asked and answered in turn, before the load begins.
    protected final ByteBuffer receive(int bytes) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(bytes).order(in.order());
        while (answer.hasRemaining()) {
            if (channel.read(answer) < 0) throw new IOException("the server closed the connection");
        }
        return answer.flip();
    }

    protected final void sendNow() throws IOException {
        send();
    }

    @Override
    public final void close() throws IOException {
        channel.close();
    }
}
