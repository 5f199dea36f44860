package io.orlop.standalone.tour;

import java.io.IOException;

/// Somebody who uses a volume.
interface Host extends AutoCloseable {
    /// Connects to the volume at this URI. What was written before is there.
    void connect(String deviceUri) throws Exception;

    /// How large the device is that it sees, in bytes.
    long size() throws Exception;

    /// Makes the volume fit to hold files; once, on an empty one.
    void format() throws Exception;

    /// Writes files of known content, durably.
    ///
    /// @param round which files; each round writes others
    void write(int round) throws Exception;

    /// Checks every file of these rounds.
    void verify(int... rounds) throws Exception;

    void disconnect() throws Exception;

    @Override
    void close() throws IOException;
}
