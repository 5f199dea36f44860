package io.orlop.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Another file, but for what is said otherwise: `record Careless(DiskFile file)` that forces nothing.
public interface ForwardingFile extends DiskFile {
    DiskFile file();

    @Override
    default long size() {
        return file().size();
    }

    @Override
    default int read(long position, ByteBuffer into) throws IOException {
        return file().read(position, into);
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
    default void write(long position, ByteBuffer from) throws IOException {
        file().write(position, from);
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
