package io.orlop.dataplane.disk;

import java.io.Serial;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/// Somebody else holds the lock of the file: another pool of this process, or another process.
final class DiskInUseException extends FileSystemException {
    @Serial
    private static final long serialVersionUID = 1;

    DiskInUseException(Path path) {
        super(path.toString(), null, "in use by another pool or process");
    }
}
