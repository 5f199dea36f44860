package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// A copy in memory that fails when told to. It keeps its content while it is closed, and forgets at a power cut what
/// was not flushed.
final class Copy {
    static final int BLOCK = 512;

    final String uri;
    private final MemoryDisk disk;
    private final AtomicInteger failuresIn = new AtomicInteger(Integer.MAX_VALUE);
    volatile boolean dead;
    volatile int opened;
    /// Whether it is opened as a replica of the node itself is: always the same device, which is never closed.
    volatile boolean local;
    /// Whether it keeps what it needs to forget; that takes memory until it is flushed.
    volatile boolean forgetful;
    /// Whether it says when it forgot; some do not.
    volatile boolean telling;
    private volatile UUID memory = UUID.randomUUID();
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger flushes = new AtomicInteger();
    final AtomicInteger dials = new AtomicInteger();
    /// Called before anything is written, flushed or opened, which it may hold up or refuse.
    volatile Hook beforeWrite = () -> {};
    volatile Hook beforeZeroes = () -> {};
    volatile Hook beforeFlush = () -> {};
    volatile Hook beforeOpen = () -> {};
    private final Device theOne = new Device();
    private final List<Overwritten> unflushed = new ArrayList<>();
    private final ReentrantLock unflushedLock = new ReentrantLock();

    private record Overwritten(long offset, byte[] before) {}

    private volatile int connections;
    private volatile boolean disconnecting;

    Copy(String uri, long size) {
        this.uri = uri;
        this.disk = new MemoryDisk(size, BLOCK);
    }

    interface Hook {
        void run() throws IOException;
    }

    /// What stands on its disk from now on, by no write of the nexus: as after a power cut, which took a write along.
    void scribble(long offset, byte[] content) {
        disk.write(offset, ByteBuffer.wrap(content));
    }

    /// Every connection breaks, and any of what was written since the last flush is gone.
    void cutPower(Random random) {
        unflushedLock.lock();
        try {
            // Who opens it meanwhile is cut off as well, or sees what is left.
            memory = UUID.randomUUID();
            disconnect();
            for (Overwritten write : unflushed.reversed()) {
                if (random.nextBoolean()) disk.write(write.offset, ByteBuffer.wrap(write.before));
            }
            unflushed.clear();
        } finally {
            unflushedLock.unlock();
        }
    }

    /// A power cut comes before it or after it, and whoever was connected before is heard no more.
    private void overwrite(Device by, long offset, long length, Runnable write) throws IOException {
        unflushedLock.lock();
        try {
            if (by.lost()) throw new IOException(uri + " is disconnected");
            if (forgetful) unflushed.add(new Overwritten(offset, content(offset, (int) length)));
            write.run();
        } finally {
            unflushedLock.unlock();
        }
    }

    /// Fails once, after this many more calls, having done half of what it was asked.
    void failOnceIn(int calls) {
        failuresIn.set(calls);
    }

    /// Every connection there is now breaks; new ones can be made.
    void disconnect() {
        connections++;
    }

    /// The write that is under way is the last one of its connection.
    void disconnectAfterwards() {
        disconnecting = true;
    }

    BlockDevice open() throws IOException {
        dials.incrementAndGet();
        beforeOpen.run();
        if (dead) throw new IOException(uri + " is not there");
        opened++;
        return local ? theOne : new Device();
    }

    byte[] content(long offset, int length) {
        ByteBuffer content = ByteBuffer.allocate(length);
        disk.read(offset, content);
        return content.array();
    }

    private final class Device implements BlockDevice {
        private final int connection = connections;
        private final UUID remembered = memory;
        private volatile boolean closed;

        private boolean failing() throws IOException {
            if (closed) throw new IOException(uri + " is closed");
            if (dead) throw new IOException(uri + " is dead");
            if (lost()) throw new IOException(uri + " is disconnected");
            return failuresIn.get() != Integer.MAX_VALUE && failuresIn.getAndDecrement() == 0;
        }

        @Override
        public boolean lost() {
            return this != theOne && connection != connections;
        }

        @Override
        public Optional<UUID> memory() {
            return telling ? Optional.of(remembered) : Optional.empty();
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
            unflushedLock.lock();
            try {
                if (lost()) throw new IOException(uri + " is disconnected");
                disk.read(offset, into);
            } finally {
                unflushedLock.unlock();
            }
        }

        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            writes.incrementAndGet();
            beforeWrite.run();
            boolean half = failing();
            int length = half ? from.remaining() / 2 / BLOCK * BLOCK : from.remaining();
            ByteBuffer content = from.slice(from.position(), length);
            overwrite(this, offset, length, () -> disk.write(offset, content));
            if (half) throw new IOException(uri + " fails to write");
            from.position(from.limit());
            if (!disconnecting) return;
            disconnecting = false;
            disconnect();
        }

        @Override
        public void flush() throws IOException {
            flushes.incrementAndGet();
            beforeFlush.run();
            if (failing()) throw new IOException(uri + " fails to flush");
            unflushedLock.lock();
            try {
                if (lost()) throw new IOException(uri + " is disconnected");
                unflushed.clear();
            } finally {
                unflushedLock.unlock();
            }
        }

        @Override
        public void unmap(long offset, long length) throws IOException {
            writeZeroes(offset, length);
        }

        @Override
        public void writeZeroes(long offset, long length) throws IOException {
            beforeZeroes.run();
            if (failing()) throw new IOException(uri + " fails to zero");
            overwrite(this, offset, length, () -> disk.writeZeroes(offset, length));
        }

        @Override
        public void close() {
            closed = this != theOne;
            opened--;
        }
    }
}
