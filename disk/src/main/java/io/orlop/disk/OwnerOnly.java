package io.orlop.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Files and directories that nobody but their owner reads, from their first moment on and whatever the umask lets
/// others do.
public final class OwnerOnly {
    private static final FileAttribute<?> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private OwnerOnly() {}

    /// Makes a file, whose name must be free, and opens it.
    public static FileChannel create(Path file) throws IOException {
        return open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, Set.of(options), FILE);
    }

    /// Makes a directory, if it is not there, and what is missing above it. What is above it survives a power cut with
    /// the names of all that was made.
    public static Path directory(Path directory) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path path = directory.toAbsolutePath(); path != null && !Files.exists(path); path = path.getParent()) {
            missing.add(path);
        }
        Path made = Files.createDirectories(directory, DIRECTORY);
        // What is safe in a directory is lost with it.
        for (Path each : missing) {
            Path parent = each.getParent();
            if (parent != null) Safe.force(parent);
        }
        return made;
    }
}
