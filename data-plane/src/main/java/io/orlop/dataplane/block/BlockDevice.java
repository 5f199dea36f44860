package io.orlop.dataplane.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/// A fixed number of blocks that can be read and written, from many threads at once. Calls block the calling
/// (virtual) thread. Offsets and lengths are bytes and multiples of the block size; a call outside the device or off
/// the grid is a caller's bug and throws [IllegalArgumentException]. Two writes to the same blocks at the same time
/// leave either, never a mixture within a block.
///
/// What was written is durable when a later [#flush] has returned; with a [#writeThrough] device, at once.
public interface BlockDevice extends AutoCloseable {
    /// 512 or 4096.
    int blockSize();

    long blocks();

    default long size() {
        return blocks() * blockSize();
    }

    /// Fills the buffer's remaining bytes from the device, from `offset` on.
    void read(long offset, ByteBuffer into) throws IOException;

    /// Writes the buffer's remaining bytes to the device, from `offset` on.
    void write(long offset, ByteBuffer from) throws IOException;

    /// Returns when everything written before is durable.
    void flush() throws IOException;

    /// Says that the content is not needed; it reads as zeroes or as before.
    void unmap(long offset, long length) throws IOException;

    /// Makes the range read as zeroes.
    void writeZeroes(long offset, long length) throws IOException;

    /// Whether a write is durable when it returns, so that [#flush] has nothing to do.
    default boolean writeThrough() {
        return false;
    }

    /// Whether the way to the device is broken for good: it answers no more, and may do so again if it is opened anew.
    default boolean lost() {
        return false;
    }

    /// Names what holds writes that are not flushed. A device that is opened anew and says the same has forgotten
    /// nothing meanwhile. Nothing where nobody can tell.
    default Optional<UUID> memory() {
        return Optional.empty();
    }

    /// The same blocks, for one who may be cut off: what is still waiting inside the device when the warrant no longer
    /// stands fails, and touches nothing. A device in which nothing waits to be tried again is its own view.
    default BlockDevice under(Warrant warrant) {
        return this;
    }

    @Override
    void close() throws IOException;
}
