package io.orlop.standalone;

import io.orlop.model.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The folder in which a demo keeps everything, held by one process at a time.
///
/// ```
/// demo/lock   demo/store/   demo/pools/node-1-pool-1.img   demo/csi.sock
/// ```
final class DemoDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private DemoDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// @throws StartRefused if another process holds it or it cannot be made
    static DemoDirectory claim(Path path) {
        try {
            Files.createDirectories(path.resolve("pools"));
            var channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new StartRefused("%s is taken by another demo: stop it, or give another --dir".formatted(path));
            }
            return new DemoDirectory(path.toAbsolutePath().normalize(), channel);
        } catch (IOException refused) {
            throw new StartRefused("%s cannot be used (%s): give another --dir".formatted(path, refused));
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
    Path poolFile(String pool, Bytes size) {
        Path file = path.resolve("pools").resolve(pool + ".img");
        try {
            if (Files.notExists(file)) {
                try (var made = new RandomAccessFile(file.toFile(), "rw")) {
                    made.setLength(size.count());
                }
            }
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
