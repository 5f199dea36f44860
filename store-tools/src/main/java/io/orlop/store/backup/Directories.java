package io.orlop.store.backup;

import io.orlop.disk.OwnerOnly;
import io.orlop.disk.Safe;
import io.orlop.store.log.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;

/// A new data directory appears whole or not at all: it is made under another name beside its place, and renamed when
/// everything in it is safe. It is its owner's alone, also where an empty one with other permissions was.
public final class Directories {
    private static final String UNFINISHED = ".unfinished";

    /// What is in an unfinished directory beside the files of a log.
    private static final Set<String> LEFTOVERS = Set.of(ExcerptFile.UNPACKED, "taken-over");

    private Directories() {}

    /// Puts everything into it.
    public interface Filling {
        void fill(Path directory) throws IOException;
    }

    /// @throws IOException if something is there already, or the filling fails; then nothing is there
    public static void make(Path directory, Filling filling) throws IOException {
        Path target = directory.toAbsolutePath().normalize();
        requireDirectories(target);
        if (Files.exists(target) && !isEmpty(target)) {
            throw new IOException(
                    directory + " is there already and not empty; give another directory, nothing is overwritten");
        }
        Path making = target.resolveSibling(target.getFileName() + UNFINISHED);
        clear(making);
        OwnerOnly.directory(making);
        filling.fill(making);
        Safe.force(making);
        Files.deleteIfExists(target);
        Files.move(making, target, StandardCopyOption.ATOMIC_MOVE);
        Path parent = target.getParent();
        if (parent != null) Safe.force(parent);
    }

    /// A file where a directory should be is not to be found out in the midst.
    private static void requireDirectories(Path target) throws IOException {
        Path nearest = target;
        while (!Files.exists(nearest) && nearest.getParent() != null) nearest = nearest.getParent();
        if (Files.isDirectory(nearest)) return;
        throw new IOException(target + " cannot be made: " + nearest
                + " is no directory; give another place, nothing is overwritten");
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /// What an attempt before this one left. Whoever else has a directory of that name keeps it.
    private static void clear(Path making) throws IOException {
        if (!Files.exists(making)) return;
        List<Path> left;
        try (var files = Files.list(making)) {
            left = files.toList();
        }
        for (Path file : left) {
            String name = file.getFileName().toString();
            if (StoreFiles.isOurs(name) || LEFTOVERS.contains(name)) continue;
            throw new IOException(making + ", where the new directory would be made, has " + name
                    + " in it, which no store made: move it to another place");
        }
        for (Path file : left) Files.delete(file);
        // It goes with the permissions that it had.
        Files.delete(making);
    }
}
