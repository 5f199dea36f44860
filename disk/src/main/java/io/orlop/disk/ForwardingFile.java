package io.orlop.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Another file, but for what is said otherwise: `record Careless(DiskFile file)` that forces nothing.
public interface ForwardingFile extends DiskFile {
    DiskFile file();

    @Override
    default long size() throws IOException {
        return file().size();
    }

    @Override
    default int read(ByteBuffer into, long position) throws IOException {
        return file().read(into, position);
    }

    @Override
    default @Nullable MemorySegment inMemory(long position) {
        return file().inMemory(position);
    }

    @Override
    default void unmap() {
        file().unmap();
    }

    @Override
    default void write(ByteBuffer from, long position) throws IOException {
        file().write(from, position);
    }

    @Override
    default void truncate(long size) throws IOException {
        file().truncate(size);
    }

    @Override
    default void force() throws IOException {
        file().force();
    }

    @Override
    default void close() throws IOException {
        file().close();
    }
}
