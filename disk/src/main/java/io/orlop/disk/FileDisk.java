package io.orlop.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A directory of the operating system, of which nobody but its owner reads what is made here.
public final class FileDisk implements Disk {
    private static final String LOCK = "lock";
    private static final String LOST_AND_FOUND = "lost+found";

    private final Path directory;

    public FileDisk(Path directory) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path path = directory.toAbsolutePath(); path != null && !Files.exists(path); path = path.getParent()) {
            missing.add(path);
        }
        this.directory = Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // What is safe in a directory is lost with it.
        for (Path made : missing) {
            Path parent = made.getParent();
            if (parent != null) force(parent);
        }
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// A directory that must be there.
    public static FileDisk existing(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) throw new IOException("there is no directory " + directory);
        return new FileDisk(directory);
    }

    @Override
    public List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> !isFileSystemsOwn(file))
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /// What a file system is made with. Should a repair have put something there, that is somebody's.
    private static boolean isFileSystemsOwn(Path file) {
        if (!file.getFileName().toString().equals(LOST_AND_FOUND) || !Files.isDirectory(file)) return false;
        try (var found = Files.list(file)) {
            return found.findAny().isEmpty();
        } catch (IOException rootsAlone) {
            return true;
        }
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return ChannelFile.create(directory.resolve(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return ChannelFile.open(directory.resolve(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(directory.resolve(name));
    }

    @Override
    public void forceNames() throws IOException {
        force(directory);
    }

    @Override
    public AutoCloseable lock() throws IOException {
        Path file = directory.resolve(LOCK);
        FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), ChannelFile.FOR_ITS_OWNER);
        FileLock lock = null;
        try {
            lock = tryLock(channel);
        } finally {
            if (lock == null) channel.close();
        }
        if (lock == null) {
            throw new IOException("another process uses the store in " + directory + " (it holds " + file
                    + "); stop it or choose another directory");
        }
        return channel;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    @Override
    public long usableBytes() {
        return directory.toFile().getUsableSpace();
    }

    @Override
    public String place() {
        return directory.toString();
    }
}
