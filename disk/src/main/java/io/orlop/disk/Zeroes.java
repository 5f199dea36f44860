package io.orlop.disk;

import java.nio.ByteBuffer;

/// Zeroes to be written, made once.
final class Zeroes {
    private static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

    private Zeroes() {}

    /// So many of them, or as many as there are at once.
    static ByteBuffer atMost(long length) {
        ByteBuffer zeroes = BUFFER.duplicate();
        return zeroes.limit((int) Math.min(zeroes.capacity(), length));
    }
}
