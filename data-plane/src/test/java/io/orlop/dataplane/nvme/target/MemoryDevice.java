package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.block.BlockDevice;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Blocks in memory.
class MemoryDevice implements BlockDevice {
    private final int blockSize;
    private final ByteBuffer content;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    final AtomicInteger flushes = new AtomicInteger();

    MemoryDevice(int blockSize, int blocks) {
        this.blockSize = blockSize;
        this.content = ByteBuffer.allocateDirect(blockSize * blocks);
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public long blocks() {
        return content.capacity() / blockSize;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws java.io.IOException {
        lock.readLock().lock();
        try {
            into.put(content.slice((int) offset, into.remaining()));
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws java.io.IOException {
        lock.writeLock().lock();
        try {
            content.slice((int) offset, from.remaining()).put(from);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void flush() throws java.io.IOException {
        flushes.incrementAndGet();
    }

    @Override
    public void unmap(long offset, long length) throws java.io.IOException {
        writeZeroes(offset, length);
    }

    @Override
    public void writeZeroes(long offset, long length) throws java.io.IOException {
        write(offset, ByteBuffer.allocate((int) length));
    }

    @Override
    public void close() {}
}
