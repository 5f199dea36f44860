package io.orlop.disk.twin;

import java.io.IOException;

/// The force failed, and what it should have written counts as written.
final class LostForceException extends IOException {
    LostForceException() {
        super("input/output error: what was to be forced is lost");
    }
}
