package io.orlop.benchmarks.device;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.util.function.IntConsumer;

/// NBD, the fixed newstyle with simple replies. Numbers are of the protocol's specification and big-endian.
///
/// ```
///   request  magic 4 │ flags 2 │ type 2 │ cookie 8 │ offset 8 │ length 4 │ data of a write
///   reply    magic 4 │ error 4 │ cookie 8 │ data of a read
/// ```
final class NbdWire extends Wire {
    private static final int REQUEST = 0x25609513;
    private static final int REPLY = 0x67446698;
    private static final int REPLY_BYTES = 16;
    private static final long OPTION = 0x4948_4156_454F_5054L;
    private static final int GO = 7;
    private static final int ACKNOWLEDGED = 1;
    private static final int FLUSH = 3;

    private final int[] reading = new int[1 << 10];
    private int dataLeft;

    private NbdWire(SocketChannel channel, ByteBuffer noise) {
        super(channel, noise);
        out.order(ByteOrder.BIG_ENDIAN);
        in.order(ByteOrder.BIG_ENDIAN);
    }

    static NbdWire connect(InetSocketAddress address, ByteBuffer noise) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        NbdWire wire = new NbdWire(channel, noise);
        wire.negotiate();
        return wire;
    }

    private void negotiate() throws IOException {
        receive(8 + 8 + 2);
        out.putInt(3);
        out.putLong(OPTION).putInt(GO).putInt(4 + 2).putInt(0).putShort((short) 0);
        sendNow();
        while (true) {
            ByteBuffer head = receive(8 + 4 + 4 + 4);
            int type = head.getInt(12);
            receive(head.getInt(16));
            if (type == ACKNOWLEDGED) return;
            if (type < 0) throw new IOException("NBD: the export is refused with %x".formatted(type));
        }
    }

    @Override
    void begin(int operation, boolean write, long offset, int length) {
        room(28 + (write ? length : 0));
        out.putInt(REQUEST).putShort((short) 0).putShort((short) (write ? 1 : 0));
        out.putLong(operation).putLong(offset).putInt(length);
        reading[operation] = write ? 0 : length;
        if (write) putNoise(length);
    }

    @Override
    void beginFlush(int operation) {
        room(28);
        out.putInt(REQUEST).putShort((short) 0).putShort((short) FLUSH);
        out.putLong(operation).putLong(0).putInt(0);
        reading[operation] = 0;
    }

    private int operation;

    @Override
    protected boolean take(IntConsumer ended) throws IOException {
        boolean any = false;
        while (true) {
            if (dataLeft > 0) {
                int step = Math.min(dataLeft, in.remaining());
                in.position(in.position() + step);
                dataLeft -= step;
                if (dataLeft > 0) return any;
                ended.accept(operation);
                any = true;
            }
            if (in.remaining() < REPLY_BYTES) return any;
            int magic = in.getInt();
            int error = in.getInt();
            operation = (int) in.getLong();
            if (magic != REPLY || error != 0) throw new IOException("NBD: error %d, magic %x".formatted(error, magic));
            dataLeft = reading[operation];
            if (dataLeft > 0) continue;
            ended.accept(operation);
            any = true;
        }
    }
}
