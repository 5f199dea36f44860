package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/// A copy in memory that fails when told to. It keeps its content while it is closed.
final class Copy {
    static final int BLOCK = 512;

    final String uri;
    private final MemoryDisk disk;
    private final AtomicInteger failuresIn = new AtomicInteger(Integer.MAX_VALUE);
    volatile boolean dead;
    volatile int opened;
    private volatile int connections;

    Copy(String uri, long size) {
        this.uri = uri;
        this.disk = new MemoryDisk(size, BLOCK);
    }

    /// Fails once, after this many more calls, having done half of what it was asked.
    void failOnceIn(int calls) {
        failuresIn.set(calls);
    }

    /// Every connection there is now breaks; new ones can be made.
    void disconnect() {
        connections++;
    }

    BlockDevice open() throws IOException {
        if (dead) throw new IOException(uri + " is not there");
        opened++;
        return new Device();
    }

    byte[] content(long offset, int length) {
        ByteBuffer content = ByteBuffer.allocate(length);
        disk.read(offset, content);
        return content.array();
    }

    private final class Device implements BlockDevice {
        private final int connection = connections;
        private volatile boolean closed;

        private boolean failing() throws IOException {
            if (closed) throw new IOException(uri + " is closed");
            if (dead) throw new IOException(uri + " is dead");
            if (lost()) throw new IOException(uri + " is disconnected");
            return failuresIn.get() != Integer.MAX_VALUE && failuresIn.getAndDecrement() == 0;
        }

        @Override
        public boolean lost() {
            return connection != connections;
        }

        @Override
        public int blockSize() {
            return BLOCK;
        }

        @Override
        public long blocks() {
            return disk.size() / BLOCK;
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            if (failing()) throw new IOException(uri + " fails to read");
            disk.read(offset, into);
        }

        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            if (failing()) {
                disk.write(offset, from.slice(from.position(), from.remaining() / 2 / BLOCK * BLOCK));
                throw new IOException(uri + " fails to write");
            }
            disk.write(offset, from);
        }

        @Override
        public void flush() throws IOException {
            if (failing()) throw new IOException(uri + " fails to flush");
        }

        @Override
        public void unmap(long offset, long length) throws IOException {
            writeZeroes(offset, length);
        }

        @Override
        public void writeZeroes(long offset, long length) throws IOException {
            if (failing()) throw new IOException(uri + " fails to zero");
            disk.writeZeroes(offset, length);
        }

        @Override
        public void close() {
            closed = true;
            opened--;
        }
    }
}
