package io.orlop.benchmarks.device;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.IntConsumer;

/// NVMe/TCP as Linux speaks it: small writes bring their data along, large ones are cut into 128 KiB and wait until
/// the target asks for them. Numbers are of the specifications and little-endian.
///
/// ```
///   PDU      type 1 │ flags 1 │ header 1 │ data offset 1 │ length 4 │ …
///   command  opcode 1 │ flags 1 │ id 2 │ namespace 4 │ … │ SGL @24 │ dwords 10–15 @40
/// ```
final class NvmeWire extends Wire {
    private static final int CAPSULE_BYTES = 8 + 64;
    private static final int DATA_HEADER_BYTES = 24;
    private static final int IN_CAPSULE_MAX = 4096;
    private static final int TRANSFER_MAX = 128 << 10;
    private static final int BLOCK_SHIFT_512 = 9;

    private static final byte INITIALIZE = 0;
    private static final byte COMMAND = 4;
    private static final byte RESPONSE = 5;
    private static final byte HOST_DATA = 6;
    private static final byte CONTROLLER_DATA = 7;
    private static final byte READY = 9;

    /// An operation's pieces are commands with ids of their own.
    private static final int PIECES = 16;

    private final int[] piecesLeft = new int[1 << 10];
    private final int blockShift;
    private int dataLeft;

    private NvmeWire(SocketChannel channel, ByteBuffer noise, int blockShift) {
        super(channel, noise);
        this.blockShift = blockShift;
        out.order(ByteOrder.LITTLE_ENDIAN);
        in.order(ByteOrder.LITTLE_ENDIAN);
    }

    /// A controller with as many queues as are wanted, each with a connection of its own.
    ///
    /// @return the admin queue's connection first
    static NvmeWire[] connect(InetSocketAddress address, String subsystem, int queues, ByteBuffer noise)
            throws IOException {
        String host = "nqn.2014-08.org.nvmexpress:uuid:" + UUID.randomUUID();
        NvmeWire[] wires = new NvmeWire[queues + 1];
        wires[0] = open(address, noise);
        int controller = (int) wires[0].connectQueue(0, 0xFFFF, subsystem, host) & 0xFFFF;
        wires[0].enable();
        for (int queue = 1; queue <= queues; queue++) {
            wires[queue] = open(address, noise);
            wires[queue].connectQueue(queue, controller, subsystem, host);
        }
        return wires;
    }

    private static NvmeWire open(InetSocketAddress address, ByteBuffer noise) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        NvmeWire wire = new NvmeWire(channel, noise, BLOCK_SHIFT_512);
        wire.pdu(INITIALIZE, 0, 128, 0, 128);
        for (int i = 8; i < 128; i++) wire.out.put((byte) 0);
        wire.sendNow();
        wire.receive(128);
        return wire;
    }

    private long connectQueue(int queue, int controller, String subsystem, String host) throws IOException {
        pdu(COMMAND, 0, CAPSULE_BYTES, CAPSULE_BYTES, CAPSULE_BYTES + 1024);
        int at = command(0x7F, 0, 1, 0x01, 1024);
        out.putShort(at + 42, (short) queue).putShort(at + 44, (short) (queue == 0 ? 31 : 127));
        ByteBuffer data = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort(16, (short) controller);
        data.put(0, host.getBytes(StandardCharsets.UTF_8), host.length() - 16, 16);
        data.put(256, subsystem.getBytes(StandardCharsets.UTF_8));
        data.put(512, host.getBytes(StandardCharsets.UTF_8));
        out.put(data);
        return ask();
    }

    private void enable() throws IOException {
        pdu(COMMAND, 0, CAPSULE_BYTES, 0, CAPSULE_BYTES);
        int at = command(0x7F, 0, 0, 0x5A, 0);
        out.putInt(at + 44, 0x14).putLong(at + 48, 0x460061);
        ask();
    }

    private long ask() throws IOException {
        sendNow();
        ByteBuffer answer = receive(DATA_HEADER_BYTES);
        int status = answer.getShort(8 + 14) >>> 1 & 0x7FFF;
        if (answer.get(0) != RESPONSE || status != 0) throw new IOException("NVMe: refused with %x".formatted(status));
        return answer.getLong(8);
    }

    private void pdu(byte type, int flags, int header, int dataOffset, int length) {
        room(length);
        out.put(type)
                .put((byte) flags)
                .put((byte) header)
                .put((byte) dataOffset)
                .putInt(length);
    }

    /// Leaves dwords 10 to 15 zero.
    ///
    /// @param namespace of a fabrics command its type
    /// @return where it begins
    private int command(int opcode, int id, int namespace, int sgl, int length) {
        int at = out.position();
        out.put((byte) opcode).put((byte) 0x40).putShort((short) id).putInt(namespace);
        out.putLong(0).putLong(0).putLong(0).putInt(length).putInt(sgl << 24);
        out.putLong(0).putLong(0).putLong(0);
        return at;
    }

    @Override
    void begin(int operation, boolean write, long offset, int length) {
        int pieces = Math.ceilDiv(length, TRANSFER_MAX);
        piecesLeft[operation] = pieces;
        for (int piece = 0; piece < pieces; piece++) {
            int start = piece * TRANSFER_MAX;
            int bytes = Math.min(TRANSFER_MAX, length - start);
            boolean along = write && bytes <= IN_CAPSULE_MAX;
            pdu(COMMAND, 0, CAPSULE_BYTES, along ? CAPSULE_BYTES : 0, CAPSULE_BYTES + (along ? bytes : 0));
            int at = command(write ? 0x01 : 0x02, operation * PIECES + piece, 1, along ? 0x01 : 0x5A, bytes);
            out.putLong(at + 40, offset + start >>> blockShift).putInt(at + 48, (bytes >>> blockShift) - 1);
            if (along) putNoise(bytes);
        }
    }

    @Override
    void beginFlush(int operation) {
        piecesLeft[operation] = 1;
        pdu(COMMAND, 0, CAPSULE_BYTES, 0, CAPSULE_BYTES);
        command(0x00, operation * PIECES, 1, 0x5A, 0);
    }

    @Override
    protected boolean take(IntConsumer ended) throws IOException {
        boolean any = false;
        while (true) {
            if (dataLeft > 0) {
                int step = Math.min(dataLeft, in.remaining());
                in.position(in.position() + step);
                dataLeft -= step;
            }
            if (dataLeft > 0 || in.remaining() < DATA_HEADER_BYTES) return any;
            int at = in.position();
            in.position(at + DATA_HEADER_BYTES);
            switch (in.get(at)) {
                case CONTROLLER_DATA -> dataLeft = in.getInt(at + 4) - DATA_HEADER_BYTES;
                case READY ->
                    transfer(in.getShort(at + 8), in.getShort(at + 10), in.getInt(at + 12), in.getInt(at + 16));
                case RESPONSE -> {
                    int status = in.getShort(at + 22) >>> 1 & 0x7FFF;
                    if (status != 0) throw new IOException("NVMe: failed with %x".formatted(status));
                    int operation = (in.getShort(at + 20) & 0xFFFF) / PIECES;
                    if (--piecesLeft[operation] == 0) {
                        ended.accept(operation);
                        any = true;
                    }
                }
                default -> throw new IOException("NVMe: a PDU of type %x".formatted(in.get(at)));
            }
        }
    }

    private void transfer(short id, short tag, int offset, int length) {
        pdu(HOST_DATA, 4, DATA_HEADER_BYTES, DATA_HEADER_BYTES, DATA_HEADER_BYTES + length);
        out.putShort(id).putShort(tag).putInt(offset).putInt(length).putInt(0);
        putNoise(length);
    }
}
