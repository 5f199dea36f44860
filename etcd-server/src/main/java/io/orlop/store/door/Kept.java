package io.orlop.store.door;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/// What is kept of a request that is not gRPC until it is served: its body, or what was made of that. Belongs to the
/// connection's thread.
final class Kept {
    private final Halves halves;
    private ByteBuf body;
    private long made;

    /// @param body is counted already
    Kept(Halves halves, ByteBuf body) {
        this.halves = halves;
        this.body = body;
    }

    /// More of the body came.
    ///
    /// @return whether there is too much
    boolean add(ByteBuf more, ByteBufAllocator alloc) {
        int count = more.readableBytes();
        if (count == 0) return false;
        if (body == Unpooled.EMPTY_BUFFER) body = alloc.buffer(count);
        body.writeBytes(more);
        return halves.keepTooMuch(count);
    }

    int bodyBytes() {
        return body.readableBytes();
    }

    byte[] body() {
        return ByteBufUtil.getBytes(body);
    }

    /// The body is not needed any more.
    void drop() {
        halves.keepTooMuch(-body.readableBytes());
        body.release();
        body = Unpooled.EMPTY_BUFFER;
    }

    /// What was made of the body is kept in its place.
    ///
    /// @return whether there is room for it
    boolean replace(long bytes) {
        drop();
        made = bytes;
        return !halves.keepTooMuch(bytes);
    }

    /// Nor what was made of it.
    void forget() {
        halves.keepTooMuch(-made);
        made = 0;
    }
}
