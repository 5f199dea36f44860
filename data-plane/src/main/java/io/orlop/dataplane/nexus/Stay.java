package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.Warrant;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The blocks of a nexus as one host sees them, from when it came until it is cut off. If anything it may have written
/// meanwhile was lost, each of its flushes fails from then on: one that succeeds after one that failed would be taken
/// for proof that all is well.
record Stay(Mirror mirror, Warrant warrant, long lossesBefore) implements BlockDevice {
    @Override
    public int blockSize() {
        return mirror.blockSize();
    }

    @Override
    public long blocks() {
        return mirror.blocks();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        mirror.read(this, offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        ByteBuffer content = from.slice();
        mirror.change(this, offset, from.remaining(), device -> device.write(offset, content.duplicate()));
        from.position(from.limit());
    }

    @Override
    public void flush() throws IOException {
        mirror.flush(this);
    }

    @Override
    public void unmap(long offset, long length) throws IOException {
        mirror.change(this, offset, length, device -> device.unmap(offset, length));
    }

    @Override
    public void writeZeroes(long offset, long length) throws IOException {
        mirror.change(this, offset, length, device -> device.writeZeroes(offset, length));
    }

    @Override
    public BlockDevice under(Warrant other) {
        return mirror.under(other);
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return mirror.toString();
    }
}
