package io.orlop.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// A file or a block device that is only looked at, for a moment: whoever wants it meanwhile is refused, since this
/// process's locks are one ([Held]). What others have mounted or locked may be looked at.
public final class ReadOnlyDisk implements Disk {
    private final Path path;
    private final Held held;
    private final FileChannel channel;
    private final long size;

    private ReadOnlyDisk(Path path, Held held, FileChannel channel, long size) {
        this.path = path;
        this.held = held;
        this.channel = channel;
        this.size = size;
    }

    /// @throws DiskInUseException if this process has it
    public static ReadOnlyDisk open(Path path) throws IOException {
        Held held = Held.tryOn(path);
        if (held == null) throw new DiskInUseException(path);
        FileChannel channel = null;
        ReadOnlyDisk opened = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            opened = new ReadOnlyDisk(path, held, channel, FileDisk.sizeOf(path, channel));
            return opened;
        } finally {
            if (opened == null) close(channel, held);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public String cache() {
        return PageCache.of(path);
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
        int start = into.position();
        while (into.hasRemaining()) {
            if (channel.read(into, offset + into.position() - start) < 0) {
                throw new EOFException(path + " ends before " + (offset + into.limit() - start));
            }
        }
        return into.position() - start;
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        throw new IOException(path + " is only looked at");
    }

    @Override
    public void force() {}

    @Override
    public void close() throws IOException {
        close(channel, held);
    }

    @Override
    public String toString() {
        return "aio://" + path;
    }

    private static void close(@Nullable FileChannel channel, Held held) throws IOException {
        try (held;
                channel) {
            // the channel first
        }
    }
}
