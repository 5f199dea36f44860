package io.orlop.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Bytes that outlive the process: a block device, or a file. Many threads may call at once.
///
/// A write that has returned survives the death of the process; it survives a power cut once a later [#force] has
/// returned. Until then any 512-byte sector of it may be on the medium or not, in any order.
public interface Disk extends AutoCloseable {
    /// The tearing unit of the fault model.
    int SECTOR = 512;

    /// In bytes.
    long size();

    /// 512 or 4096: the block size of what is built on this disk.
    default int blockSize() {
        return SECTOR;
    }

    /// Reads until the buffer is full, or the disk ends.
    ///
    /// @return how many bytes were read
    int read(long offset, ByteBuffer into) throws IOException;

    /// Writes all of the buffer's remaining bytes.
    ///
    /// @throws DiskFullException if there is no room; some of it may be written
    void write(long offset, ByteBuffer from) throws IOException;

    /// Returns when everything written before is on the medium. After a failure nobody knows what is, and
    /// whoever called must not trust the disk again before it has read it anew, see [#forget].
    void force() throws IOException;

    /// Forgets what is only remembered: what is read from here on is what the medium has. An operating system whose
    /// force has failed goes on to show what it could not write, until it needs the memory.
    ///
    /// ```
    ///   write new ──► force: fails ──► read: new     … forget ──► read: old, as after a power cut
    /// ```
    ///
    /// @throws IOException if what was written and never forced cannot be written now
    default void forget() throws IOException {
        force();
    }

    /// Makes a range read as zeroes, as durable as a write is.
    default void writeZeroes(long offset, long length) throws IOException {
        for (long done = 0; done < length; ) {
            ByteBuffer zeroes = Zeroes.atMost(length - done);
            int count = zeroes.remaining();
            write(offset + done, zeroes);
            done += count;
        }
    }

    /// Whether [#discard] leaves zeroes at little cost.
    default boolean discards() {
        return false;
    }

    /// Gives the range back to the medium; it reads as zeroes afterwards. Only where [#discards].
    default void discard(long offset, long length) throws IOException {
        writeZeroes(offset, length);
    }

    /// Names the memory that holds what was written and not forced: as long as the name is the same, all of that is
    /// still there, also for another process. Empty if nobody can tell, or some of it was lost.
    default String cache() {
        return "";
    }

    @Override
    void close() throws IOException;

    /// Its URI where it has one: refusals and log lines name a disk so.
    @Override
    String toString();
}
