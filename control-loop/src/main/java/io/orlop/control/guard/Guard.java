package io.orlop.control.guard;

/// The right to change what it was taken for, until it is closed. Closing it twice is closing it once, and any thread
/// may do it.
public interface Guard extends AutoCloseable {
    @Override
    void close();
}
