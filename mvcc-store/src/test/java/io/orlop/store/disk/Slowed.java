package io.orlop.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file that does something whenever it is forced.
public record Slowed(DiskFile file, Runnable whenForced) implements DiskFile {
    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return file.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
        file.write(from, position);
    }

    @Override
    public void truncate(long size) throws IOException {
        file.truncate(size);
    }

    @Override
    public void force() throws IOException {
        whenForced.run();
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
