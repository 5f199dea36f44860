package io.orlop.dataplane.pool;

import io.orlop.dataplane.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Another disk, for a test to change one thing of it.
class DelegatingDisk implements Disk {
    private final Disk disk;

    DelegatingDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public int blockSize() {
        return disk.blockSize();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        disk.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        disk.write(offset, from);
    }

    @Override
    public void force() throws IOException {
        disk.force();
    }

    @Override
    public String cache() {
        return disk.cache();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
