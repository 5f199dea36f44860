package io.orlop.disk;

import java.io.Serial;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/// Somebody else has the file or the device: another part of this process, another process, or who mounted it.
public final class DiskInUseException extends FileSystemException {
    @Serial
    private static final long serialVersionUID = 1;

    DiskInUseException(Path path) {
        super(path.toString(), null, "in use by another pool or process, or mounted");
    }
}
