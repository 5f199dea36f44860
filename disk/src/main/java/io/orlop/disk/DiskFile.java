package io.orlop.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An open file. Reads may come from many threads, writes from one.
public interface DiskFile extends AutoCloseable {
    long size() throws IOException;

    /// Reads until the buffer is full or the file ends.
    ///
    /// @return how many bytes were read
    int read(ByteBuffer into, long position) throws IOException;

    /// What the operating system has in memory of the file from here on, without a call to it: as much as it has in one
    /// piece, or null. When the file is closed, cut or unmapped meanwhile, looking into it is an
    /// [IllegalStateException].
    default @Nullable MemorySegment inMemory(long position) {
        return null;
    }

    /// Says that nobody needs what was looked at in memory for now: it no longer counts as this process's. Who looks
    /// just then may meet an [IllegalStateException], as when the file is closed.
    default void unmap() {}

    /// Writes all of the buffer.
    ///
    /// @throws DiskFullException if there is no room; some of it may be written
    void write(ByteBuffer from, long position) throws IOException;

    void truncate(long size) throws IOException;

    /// Returns when everything written so far would survive a power cut.
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
