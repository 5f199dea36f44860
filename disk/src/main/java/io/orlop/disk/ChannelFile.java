package io.orlop.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A file of the operating system.
///
/// Java closes a file channel when a thread that reads from it is interrupted. A caller's interrupt must not cost the
/// store its log: readers have a channel of their own, which is opened again when that happens.
final class ChannelFile implements DiskFile {
    private final Path path;
    private final FileChannel writing;
    private final ReentrantLock reopening = new ReentrantLock();
    private volatile FileChannel reading;
    private volatile boolean closed;
    private volatile Mapping mapping = new Mapping();

    /// How far the file was written; only who writes, which is one thread, moves it.
    private volatile long written;

    private ChannelFile(Path path, FileChannel writing) throws IOException {
        this.path = path;
        this.writing = writing;
        this.reading = FileChannel.open(path, StandardOpenOption.READ);
        this.written = writing.size();
    }

    static ChannelFile create(Path path) throws IOException {
        return new ChannelFile(path, OwnerOnly.create(path));
    }

    static ChannelFile open(Path path) throws IOException {
        return new ChannelFile(path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public long size() {
        // Not from the channel, which an interrupt would close.
        return written;
    }

    @Override
    public int read(long position, ByteBuffer into) throws IOException {
        boolean interrupted = false;
        int start = into.position();
        try {
            while (true) {
                FileChannel channel = reading;
                try {
                    return readFully(channel, into.position(start), position);
                } catch (ClosedByInterruptException interrupt) {
                    interrupted |= Thread.interrupted();
                } catch (ClosedChannelException byAnother) {
                    if (closed) throw byAnother;
                }
                reopen(channel);
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    @Override
    public @Nullable MemorySegment inMemory(long position) {
        try {
            return mapping.from(position, reading, written);
        } catch (IOException e) {
            // Also an interrupt: to read in the usual way will do, or say what is wrong.
            return null;
        }
    }

    private static int readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        int read = 0;
        while (into.hasRemaining()) {
            int some = channel.read(into, position + read);
            if (some < 0) break;
            read += some;
        }
        return read;
    }

    private void reopen(FileChannel broken) throws IOException {
        reopening.lock();
        try {
            if (closed) throw new ClosedChannelException();
            if (reading == broken) reading = FileChannel.open(path, StandardOpenOption.READ);
        } finally {
            reopening.unlock();
        }
    }

    @Override
    public void write(long position, ByteBuffer from) throws IOException {
        long at = position;
        try {
            while (from.hasRemaining()) at += writing.write(from, at);
            written = Math.max(written, at);
        } catch (IOException e) {
            if (isFull(e.getMessage())) throw new DiskFullException(path + ": " + e.getMessage());
            throw e;
        }
    }

    /// Java has no type for it, only the words of the operating system.
    private static boolean isFull(@Nullable String message) {
        return "No space left on device".equals(message) || "Directory quota exceeded".equals(message);
    }

    @Override
    public void truncate(long size) throws IOException {
        // What is mapped must be there: the processor does not know of files that end.
        written = Math.min(written, size);
        mapAnew();
        writing.truncate(size);
    }

    @Override
    public void unmap() {
        // All threads stop for a moment when a mapping is closed: not for nothing.
        if (!mapping.isEmpty()) mapAnew();
    }

    private void mapAnew() {
        reopening.lock();
        try {
            if (closed) return;
            Mapping old = mapping;
            mapping = new Mapping();
            old.close();
        } finally {
            reopening.unlock();
        }
    }

    /// Without the file's times: that is `fdatasync`.
    @Override
    public void force() throws IOException {
        writing.force(false);
    }

    @Override
    public void close() throws IOException {
        reopening.lock();
        try {
            closed = true;
            mapping.close();
            reading.close();
        } finally {
            reopening.unlock();
        }
        writing.close();
    }
}
