package io.orlop.store.door;

import com.google.protobuf.MessageLite;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An answer of which most is encoded already: a message, and bytes that continue it.
public interface Encoded {
    MessageLite own();

    /// Nobody changes them, nor the buffers: they may be other answers' as well.
    List<ByteBuffer> parts();

    /// All of it was copied, and nobody looks at the parts of this answer again. Not every answer hears of it.
    default void copied() {}

    /// Whether somebody else sees to it that there are not too many of its kind.
    default boolean isAccounted() {
        return false;
    }

    /// Whether others may have to do without an answer while this one is kept. Only of those that are accounted.
    default boolean isScarce() {
        return false;
    }

    /// It was sent or made into something else, or never will be: what it takes is not its any more. Every answer
    /// hears of it, maybe twice.
    default void gone() {}

    static void gone(@Nullable Object answer) {
        if (answer instanceof Encoded encoded) encoded.gone();
    }

    /// The size of an answer, whatever its form.
    static int sizeOf(@Nullable Object answer) {
        return switch (answer) {
            case MessageLite message -> message.getSerializedSize();
            case Encoded encoded -> encoded.own().getSerializedSize() + bytesOf(encoded.parts());
            case null, default -> 0;
        };
    }

    private static int bytesOf(List<ByteBuffer> parts) {
        int bytes = 0;
        for (ByteBuffer part : parts) bytes += part.remaining();
        return bytes;
    }
}
