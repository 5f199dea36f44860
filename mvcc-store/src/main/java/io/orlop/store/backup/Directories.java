package io.orlop.store.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A new data directory appears whole or not at all: it is made under another name beside its place, and renamed when
/// everything in it is safe.
final class Directories {
    private static final String UNFINISHED = ".unfinished";

    private Directories() {}

    interface Filling {
        void fill(Path directory) throws IOException;
    }

    static void make(Path directory, Filling filling) throws IOException {
        Path target = directory.toAbsolutePath().normalize();
        if (Files.exists(target) && !isEmpty(target)) {
            throw new IOException(
                    directory + " is there already and not empty; give another directory, nothing is overwritten");
        }
        Path making = target.resolveSibling(target.getFileName() + UNFINISHED);
        clear(making);
        Files.createDirectories(making);
        filling.fill(making);
        force(making);
        Files.deleteIfExists(target);
        Files.move(making, target, StandardCopyOption.ATOMIC_MOVE);
        Path parent = target.getParent();
        if (parent != null) force(parent);
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) return false;
        try (var files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /// What an attempt before this one left.
    private static void clear(Path making) throws IOException {
        if (!Files.isDirectory(making)) return;
        try (var files = Files.list(making)) {
            for (Path file : files.toList()) Files.delete(file);
        }
    }

    /// Returns when a file, or the names in a directory, would survive a power cut.
    static void force(Path path) throws IOException {
        boolean directory = Files.isDirectory(path);
        try (FileChannel channel =
                FileChannel.open(path, directory ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
