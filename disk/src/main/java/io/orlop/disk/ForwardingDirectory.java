package io.orlop.disk;

import java.io.IOException;
import java.util.List;

/// A disk that has another do everything, but for what it says itself.
public interface ForwardingDirectory extends Directory {
    Directory disk();

    @Override
    default List<String> names() throws IOException {
        return disk().names();
    }

    @Override
    default DiskFile create(String name) throws IOException {
        return disk().create(name);
    }

    @Override
    default DiskFile open(String name) throws IOException {
        return disk().open(name);
    }

    @Override
    default void rename(String from, String to) throws IOException {
        disk().rename(from, to);
    }

    @Override
    default void delete(String name) throws IOException {
        disk().delete(name);
    }

    @Override
    default void forceNames() throws IOException {
        disk().forceNames();
    }

    @Override
    default AutoCloseable lock() throws IOException {
        return disk().lock();
    }

    @Override
    default long usableBytes() throws IOException {
        return disk().usableBytes();
    }

    @Override
    default String place() {
        return disk().place();
    }
}
