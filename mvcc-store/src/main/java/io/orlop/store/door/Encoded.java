package io.orlop.store.door;

import com.google.protobuf.MessageLite;
import java.nio.ByteBuffer;
import java.util.List;

/// An answer of which most is encoded already: a message, and bytes that continue it.
public interface Encoded {
    MessageLite own();

    /// Nobody changes them, nor the buffers: they may be other answers' as well.
    List<ByteBuffer> parts();

    /// All of it was copied, and nobody looks at the parts of this answer again. Not every answer hears of it.
    default void copied() {}
}
