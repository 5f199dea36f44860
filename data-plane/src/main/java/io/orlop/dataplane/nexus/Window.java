package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/// A part of a device, as a device.
record Window(BlockDevice device, long start, long blocks) implements BlockDevice {
    @Override
    public int blockSize() {
        return device.blockSize();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        device.read(start + checked(offset, into.remaining()), into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        device.write(start + checked(offset, from.remaining()), from);
    }

    @Override
    public void flush() throws IOException {
        device.flush();
    }

    @Override
    public void unmap(long offset, long length) throws IOException {
        device.unmap(start + checked(offset, length), length);
    }

    @Override
    public void writeZeroes(long offset, long length) throws IOException {
        device.writeZeroes(start + checked(offset, length), length);
    }

    @Override
    public boolean lost() {
        return device.lost();
    }

    @Override
    public Optional<UUID> memory() {
        return device.memory();
    }

    @Override
    public void close() throws IOException {
        device.close();
    }

    private long checked(long offset, long length) {
        if (offset < 0 || length < 0 || offset + length > size()) {
            throw new IllegalArgumentException("%d bytes at %d of %d".formatted(length, offset, size()));
        }
        return offset;
    }
}
