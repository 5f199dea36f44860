package io.orlop.dataplane.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What a controller answers about itself: numbers at fixed places, little endian, zeroes between.
public final class Page {
    private Page() {}

    public static ByteBuffer of(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
