package io.orlop.disk;

import java.io.IOException;
import java.util.List;

/// Files by their names. What is written is safe only after [DiskFile#force]; that a file exists, is gone or has
/// another name is safe only after [#forceNames].
public interface Directory {
    /// Names of all files, sorted.
    List<String> names() throws IOException;

    /// A new, empty file; the name must be free.
    DiskFile create(String name) throws IOException;

    DiskFile open(String name) throws IOException;

    /// Renames at once, over whatever has that name.
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    void forceNames() throws IOException;

    /// Takes the directory for this process alone, until the lock is closed.
    ///
    /// @throws IOException if another has it; the message says so
    AutoCloseable lock() throws IOException;

    /// How much may still be written there; `Long.MAX_VALUE` if that is not known.
    long usableBytes() throws IOException;

    /// Where it is, for messages.
    String place();
}
