package io.orlop.control.keyspace;

/// A watch that runs until it is closed.
public interface Watching extends AutoCloseable {
    @Override
    void close();
}
