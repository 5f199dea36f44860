package io.orlop.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// An open file of a [Directory]: a disk that grows as it is written. Many threads may read, one writes.
public interface DiskFile extends Disk {
    /// What the operating system has in memory of the file from here on, without a call to it: as much as it has in one
    /// piece, or null. When the file is closed, cut or unmapped meanwhile, looking into it is an
    /// [IllegalStateException], and may leave the thread interrupted: see [Looked].
    default @Nullable MemorySegment inMemory(long position) {
        return null;
    }

    /// Says that nobody needs what was looked at in memory for now: it no longer counts as this process's. Who looks
    /// just then may meet an [IllegalStateException], as when the file is closed.
    default void unmap() {}

    void truncate(long size) throws IOException;
}
