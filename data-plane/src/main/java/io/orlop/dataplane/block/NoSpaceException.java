package io.orlop.dataplane.block;

import java.io.IOException;
import java.io.Serial;

/// A write to a thin device whose pool has no room left. The device itself is sound.
public final class NoSpaceException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    public NoSpaceException(String message) {
        super(message);
    }
}
