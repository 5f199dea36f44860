package io.orlop.standalone;

import io.orlop.model.Bytes;
import io.orlop.model.PoolId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The folder in which a demo keeps everything, held by one process at a time and readable for its user alone.
///
/// ```
/// demo/lock   demo/store/   demo/pools/node-1-pool-1.img   demo/csi.sock
/// ```
final class DemoDirectory implements AutoCloseable {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final FileChannel channel;

    private DemoDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// @throws StartRefused if another process holds it or it cannot be made
    static DemoDirectory claim(Path path) {
        try {
            Files.createDirectories(path, PosixFilePermissions.asFileAttribute(FOLDER));
            for (String ours : List.of("pools", "store")) close(Files.createDirectories(path.resolve(ours)));
            Path lock = path.resolve("lock");
            var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            Files.setPosixFilePermissions(lock, FILE);
            if (lock(channel) == null) {
                channel.close();
                throw new StartRefused("%s is taken by another demo: stop it, or give another --dir".formatted(path));
            }
            return new DemoDirectory(path.toAbsolutePath().normalize(), channel);
        } catch (IOException refused) {
            throw new StartRefused("%s cannot be used (%s): give another --dir".formatted(path, refused));
        }
    }

    /// Also what an earlier version left open. The folder around it may be somebody's, and stays as it was found.
    private static void close(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, FOLDER);
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setPosixFilePermissions(file, FILE);
            }
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    Path store() {
        return path.resolve("store");
    }

    Path pools() {
        return path.resolve("pools");
    }

    /// The pool's sparse file, made if it is not there; one that is there keeps its size.
    Path poolFile(PoolId pool, Bytes size) {
        Path file = path.resolve("pools").resolve(pool + ".img");
        try {
            if (Files.notExists(file)) {
                try (var made = new RandomAccessFile(file.toFile(), "rw")) {
                    made.setLength(size.count());
                }
            }
            Files.setPosixFilePermissions(file, FILE);
        } catch (IOException refused) {
            throw new StartRefused("%s cannot be made (%s): make room, or give another --dir".formatted(file, refused));
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
