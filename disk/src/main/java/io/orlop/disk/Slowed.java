package io.orlop.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A file that does something whenever it is forced, and whenever it is read.
public record Slowed(DiskFile file, Runnable whenForced, Runnable whenRead) implements ForwardingFile {
    public Slowed(DiskFile file, Runnable whenForced) {
        this(file, whenForced, () -> {});
    }

    @Override
    public void force() throws IOException {
        whenForced.run();
        file.force();
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        whenRead.run();
        return file.read(into, position);
    }

    @Override
    public @Nullable MemorySegment inMemory(long position) {
        whenRead.run();
        return file.inMemory(position);
    }
}
