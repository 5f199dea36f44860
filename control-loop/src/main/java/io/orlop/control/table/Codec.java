package io.orlop.control.table;

import io.orlop.wire.json.JsonDocument;

/// How a noun is written in the store.
public interface Codec<T> {
    byte[] encode(T value);

    /// @throws RuntimeException if the bytes are not a `T`
    T decode(byte[] bytes);

    /// Encodes a value in place of an older one, keeping what the older one holds that this version does not know.
    default byte[] rewrite(byte[] previous, T value) {
        return encode(value);
    }

    static <T> Codec<T> of(JsonDocument<T> document) {
        return new Codec<>() {
            @Override
            public byte[] encode(T value) {
                return document.encode(value);
            }

            @Override
            public T decode(byte[] bytes) {
                return document.decode(bytes);
            }

            @Override
            public byte[] rewrite(byte[] previous, T value) {
                return document.rewrite(previous, value);
            }
        };
    }
}
