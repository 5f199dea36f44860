package io.orlop.csi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Our claim to a path. Binding a Unix socket unlinks what is there, even another process's live socket; so whoever
/// wants to bind first locks the file beside it, which a crash unlocks.
///
/// ```
/// /var/lib/…/csi.sock        the socket, 0660, removed when stale
/// /var/lib/…/csi.sock.lock   0600, locked while we live
/// ```
final class CsiSocket implements AutoCloseable {
    private static final int SOCKET_TYPE = 0140000;
    private static final int TYPE_MASK = 0170000;
    /// What the kernel takes as the address of a socket.
    private static final int LONGEST = 107;

    private final Path path;
    private final FileChannel lock;

    private CsiSocket(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /// @throws IllegalStateException if another process serves it, or something that is no socket is in its place
    static CsiSocket claim(Path path) {
        Path absolute = path.toAbsolutePath();
        if (absolute.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IllegalStateException("the CSI socket %s has a path of more than %d bytes: choose a shorter one"
                    .formatted(absolute, LONGEST));
        }
        Path lockFile = absolute.resolveSibling(absolute.getFileName() + ".lock");
        try {
            Path directory = absolute.getParent();
            // Whoever may use the socket has to get to it.
            if (directory != null) Files.createDirectories(directory, mode("rwxr-x---"));
            FileChannel lock = FileChannel.open(
                    lockFile, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), mode("rw-------"));
            try {
                Files.setPosixFilePermissions(lockFile, PosixFilePermissions.fromString("rw-------"));
                if (!locked(lock)) {
                    throw new IllegalStateException(
                            "the CSI socket %s is served by another process: stop it, or choose another socket"
                                    .formatted(absolute));
                }
                removeStale(absolute);
                return new CsiSocket(absolute, lock);
            } catch (IOException | RuntimeException failed) {
                lock.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "the CSI socket %s cannot be made: choose a directory that can be written".formatted(absolute),
                    failed);
        }
    }

    /// Lets the owner and the group connect, and nobody else.
    void restrict() {
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
        } catch (IOException failed) {
            throw new UncheckedIOException("the CSI socket %s cannot be given mode 0660".formatted(path), failed);
        }
    }

    /// The lock file stays: removing it would let two processes lock two files of that name.
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
            lock.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("the CSI socket %s cannot be given up".formatted(path), failed);
        }
    }

    private static FileAttribute<?> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    private static boolean locked(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException ours) {
            return false;
        }
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) return;
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE_MASK) != SOCKET_TYPE) {
            throw new IllegalStateException(
                    "%s is there and is no socket: move it away, or choose another path".formatted(path));
        }
        try {
            Files.delete(path);
        } catch (FileSystemException failed) {
            throw new IOException("the stale socket cannot be removed", failed);
        }
    }
}
