package io.orlop.dataplane.disk;

import java.io.IOException;
import java.io.Serial;

/// What lies under the disk has no room left: a file with holes on a full file system. A part of what was to be written
/// may be there. It is over when somebody makes room.
public final class DiskFullException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    public DiskFullException(String message) {
        super(message);
    }
}
