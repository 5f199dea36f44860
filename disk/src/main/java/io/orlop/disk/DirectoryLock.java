package io.orlop.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A file that is held while its directory is used. Only who made it and holds it may take it away again.
public final class DirectoryLock implements AutoCloseable {
    private static final ReentrantLock TAKING = new ReentrantLock();

    private final Path file;
    private final FileChannel channel;
    private final Held held;
    private final boolean made;

    private DirectoryLock(Path file, FileChannel channel, Held held, boolean made) {
        this.file = file;
        this.channel = channel;
        this.held = held;
        this.made = made;
    }

    /// @return null if another holds it
    static @Nullable DirectoryLock tryOn(Path file) throws IOException {
        TAKING.lock();
        try {
            return take(file);
        } finally {
            TAKING.unlock();
        }
    }

    private static @Nullable DirectoryLock take(Path file) throws IOException {
        boolean made = false;
        FileChannel channel = null;
        try {
            channel = OwnerOnly.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            made = true;
        } catch (FileAlreadyExistsException e) {
            // Not opened before it is known that it is not held here: to close it again would let that lock go.
        }
        Held held = tryHold(file);
        boolean taken = false;
        try {
            if (held == null) return null;
            if (channel == null) channel = OwnerOnly.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            // Whoever made it may have taken it away since it was opened: then it is nobody's lock any more.
            taken = channel.tryLock() != null && held.isOf(file);
            return taken ? new DirectoryLock(file, channel, held, made) : null;
        } finally {
            if (!taken) letGo(channel, held);
        }
    }

    private static @Nullable Held tryHold(Path file) throws IOException {
        try {
            return Held.tryOn(file);
        } catch (NoSuchFileException gone) {
            return null;
        }
    }

    private static void letGo(@Nullable FileChannel channel, @Nullable Held held) throws IOException {
        try (held;
                channel) {
            // the channel first
        }
    }

    /// The directory is not to be ours: takes the file away, if there was none before.
    public void leaveNothing() throws IOException {
        if (made) Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        letGo(channel, held);
    }
}
