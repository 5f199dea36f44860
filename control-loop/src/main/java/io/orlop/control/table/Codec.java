package io.orlop.control.table;

/// How a noun is written in the store.
public interface Codec<T> {
    byte[] encode(T value);

    /// @throws RuntimeException if the bytes are not a `T`
    T decode(byte[] bytes);

    /// Encodes a value in place of an older one, keeping what the older one holds that this version does not know.
    default byte[] rewrite(byte[] previous, T value) {
        return encode(value);
    }
}
