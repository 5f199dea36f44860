package io.orlop.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A file or a block device (`aio://`), locked against other processes while it is open. Its size is what it was when
/// it was opened.
///
/// A [FileChannel] closes itself when a thread is interrupted inside it. The interrupt was meant for that thread and
/// not for everybody's disk, so the channel is opened again, the operation repeated and the interrupt kept.
///
/// A file is locked, a block device is had alone: nobody mounts it or makes it a part of something meanwhile.
public final class FileDisk implements Disk {
    /// A file system says that it is full a little before it has nothing left.
    private static final int ROOM_KEPT = 64 << 10;

    private final Path path;
    private final int blockSize;
    private final long size;
    private volatile String cache;
    private final Held held;
    private final @Nullable NativeFile own;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile FileChannel channel;
    private volatile boolean closed;

    private FileDisk(Path path, int blockSize, Held held, @Nullable NativeFile own, FileChannel channel, long size) {
        this.path = path;
        this.blockSize = blockSize;
        this.held = held;
        this.own = own;
        this.channel = channel;
        this.size = size;
        this.cache = PageCache.of(path);
    }

    /// @throws DiskInUseException if this process or another has it
    public static FileDisk open(Path path, int blockSize) throws IOException {
        Held held = Held.tryOn(path);
        if (held == null) throw new DiskInUseException(path);
        NativeFile own = null;
        FileChannel channel = null;
        FileDisk opened = null;
        try {
            own = NativeFile.open(path, !Files.isRegularFile(path));
            channel = openLocked(path);
            opened = new FileDisk(path, blockSize, held, own, channel, sizeOf(path, channel) / blockSize * blockSize);
            return opened;
        } finally {
            if (opened == null) closeAll(channel, own, held);
        }
    }

    private static void closeAll(@Nullable FileChannel channel, @Nullable NativeFile own, Held held)
            throws IOException {
        try (held;
                own;
                channel) {
            // in this order, from the last to the first
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        int start = into.position();
        uninterrupted(disk -> {
            into.position(start);
            while (into.hasRemaining()) {
                if (disk.read(into, offset + into.position() - start) < 0) {
                    throw new EOFException(path + " ends before " + (offset + into.remaining()));
                }
            }
        });
        return into.position() - start;
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        check(offset, from.remaining());
        int start = from.position();
        uninterrupted(disk -> {
            from.position(start);
            try {
                while (from.hasRemaining()) disk.write(from, offset + from.position() - start);
            } catch (ClosedChannelException gone) {
                throw gone;
            } catch (IOException e) {
                throw full(from.remaining()) ? new DiskFullException("%s: %s".formatted(path, e.getMessage())) : e;
            }
        });
    }

    @Override
    public void force() throws IOException {
        uninterrupted(disk -> disk.force(false));
    }

    @Override
    public void forget() throws IOException {
        try {
            force();
        } catch (IOException lost) {
            // The system tells of it once: whoever opens it next hears of nothing, so this one goes on, and knows.
            cache = "";
            force();
        }
        opening.lock();
        try {
            if (closed) throw new ClosedChannelException();
            if (own != null) own.forget();
        } finally {
            opening.unlock();
        }
    }

    /// The page cache, which lasts as long as the system does, and a device's as long as it is plugged in.
    @Override
    public String cache() {
        return cache;
    }

    @Override
    public void close() throws IOException {
        opening.lock();
        try {
            if (closed) return;
            closed = true;
            closeAll(channel, own, held);
        } finally {
            opening.unlock();
        }
    }

    @Override
    public String toString() {
        return "aio://" + path + (blockSize == SECTOR ? "" : "?blk_size=" + blockSize);
    }

    /// Java does not say why a write failed, other than in the system's language.
    private boolean full(int wanted) {
        try {
            return Files.getFileStore(path).getUsableSpace() < wanted + ROOM_KEPT;
        } catch (IOException _) {
            return false;
        }
    }

    private interface Operation {
        void on(FileChannel channel) throws IOException;
    }

    private void uninterrupted(Operation operation) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                FileChannel used = channel;
                try {
                    operation.on(used);
                    return;
                } catch (ClosedChannelException gone) {
                    reopen(used, gone);
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private void reopen(FileChannel broken, ClosedChannelException why) throws IOException {
        boolean interrupted = Thread.interrupted();
        opening.lock();
        try {
            if (closed) throw why;
            if (channel == broken) channel = openLocked(path);
        } finally {
            opening.unlock();
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private static FileChannel openLocked(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } finally {
            if (!locked) channel.close();
        }
        if (!locked) throw new DiskInUseException(path);
        return channel;
    }

    /// A block device says that it is empty; how far one can seek is how large it is.
    static long sizeOf(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        return size > 0 ? size : DeviceSize.of(path);
    }

    private void check(long offset, int length) {
        if (offset < 0 || length > size - offset) {
            throw new IllegalArgumentException(path + " has " + size + " bytes; asked for " + length + " at " + offset);
        }
    }
}
