package io.orlop.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// A directory of the operating system, of which nobody but its owner reads what is made here.
public final class SystemDirectory implements Directory {
    /// Held while a process uses the directory.
    public static final String LOCK = "lock";

    private static final String LOST_AND_FOUND = "lost+found";

    private final Path directory;

    public SystemDirectory(Path directory) throws IOException {
        this.directory = OwnerOnly.directory(directory);
    }

    /// A directory that must be there.
    public static SystemDirectory existing(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) throw new IOException("there is no directory " + directory);
        return new SystemDirectory(directory);
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
        Safe.force(directory);
    }

    @Override
    public DirectoryLock lock() throws IOException {
        Path file = directory.resolve(LOCK);
        DirectoryLock lock = DirectoryLock.tryOn(file);
        if (lock != null) return lock;
        throw new IOException("another process uses the store in " + directory + " (it holds " + file
                + "); stop it or choose another directory");
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
