package io.orlop.store.door;

import io.netty.buffer.ByteBuf;

/// An answer that was encoded before; others may share its bytes.
public interface Encoded {
    int size();

    void writeTo(ByteBuf out);
}
