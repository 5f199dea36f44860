package io.orlop.disk;

import java.io.IOException;

/// A write found no room. Nothing else is wrong with the disk: with room, the same write may be done again.
public final class DiskFullException extends IOException {
    public DiskFullException(String message) {
        super(message);
    }
}
