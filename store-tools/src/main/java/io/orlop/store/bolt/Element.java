package io.orlop.store.bolt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// One key of a page, and what is under it.
sealed interface Element {
    byte[] key();

    int bytes();

    record Row(byte[] key, byte[] value) implements Element {
        @Override
        public int bytes() {
            return key.length + value.length;
        }
    }

    /// A page below, and the first key there.
    record Child(byte[] key, long page) implements Element {
        @Override
        public int bytes() {
            return key.length;
        }
    }

    /// A table of its own, by the page of its root.
    record Bucket(byte[] key, byte[] value) implements Element {
        static Bucket at(String name, long root) {
            ByteBuffer value = ByteBuffer.allocate(Pages.BUCKET_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            return new Bucket(name.getBytes(UTF_8), value.putLong(0, root).array());
        }

        @Override
        public int bytes() {
            return key.length + value.length;
        }
    }
}
