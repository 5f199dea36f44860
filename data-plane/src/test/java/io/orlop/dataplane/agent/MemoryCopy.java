package io.orlop.dataplane.agent;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.disk.MemoryDisk;
import java.nio.ByteBuffer;

/// A disk in memory, as a copy that a nexus opens.
record MemoryCopy(MemoryDisk disk) implements BlockDevice {
    @Override
    public int blockSize() {
        return 512;
    }

    @Override
    public long blocks() {
        return disk.size() / 512;
    }

    @Override
    public void read(long offset, ByteBuffer into) {
        disk.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) {
        disk.write(offset, from);
    }

    @Override
    public void flush() {}

    @Override
    public void unmap(long offset, long length) {
        disk.writeZeroes(offset, length);
    }

    @Override
    public void writeZeroes(long offset, long length) {
        disk.writeZeroes(offset, length);
    }

    @Override
    public void close() {}
}
