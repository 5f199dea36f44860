package io.orlop.dataplane.nvme.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/// Keeps what is sent.
public record Recorded(ByteArrayOutputStream out) implements GatheringByteChannel {
    @Override
    public long write(ByteBuffer[] pieces, int offset, int length) {
        long bytes = 0;
        for (int i = offset; i < offset + length; i++) bytes += write(pieces[i]);
        return bytes;
    }

    @Override
    public long write(ByteBuffer[] pieces) {
        return write(pieces, 0, pieces.length);
    }

    @Override
    public int write(ByteBuffer piece) {
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        out.writeBytes(bytes);
        return bytes.length;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
