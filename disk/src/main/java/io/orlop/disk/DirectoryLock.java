package io.orlop.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// A file that is held while its directory is used. Only who made it and holds it may take it away again.
public final class DirectoryLock implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final boolean made;

    private DirectoryLock(Path file, FileChannel channel, boolean made) {
        this.file = file;
        this.channel = channel;
        this.made = made;
    }

    /// @return null if another holds it
    static @Nullable DirectoryLock tryOn(Path file) throws IOException {
        boolean made;
        Object found = null;
        FileChannel channel;
        try {
            channel = OwnerOnly.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            made = true;
        } catch (FileAlreadyExistsException e) {
            found = identity(file);
            channel = OwnerOnly.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            made = false;
        }
        boolean held = false;
        try {
            // Whoever made it may have taken it away since it was opened: then it is nobody's lock any more.
            held = tryLock(channel) != null && (made || found != null && found.equals(identity(file)));
        } finally {
            if (!held) channel.close();
        }
        return held ? new DirectoryLock(file, channel, made) : null;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    private static @Nullable Object identity(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException gone) {
            return null;
        }
    }

    /// The directory is not to be ours: takes the file away, if there was none before.
    public void leaveNothing() throws IOException {
        if (made) Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
