package io.orlop.wire.rpc;

/// A stream of facts, pulled. Never ends by itself: a broken one throws [io.orlop.model.RefusalException]
/// (Unavailable), and whoever reads it opens another.
public interface Feed<T> extends AutoCloseable {
    /// Waits for the next one.
    T next() throws InterruptedException;

    @Override
    void close();
}
