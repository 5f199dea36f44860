package io.orlop.dataplane.block;

import java.io.IOException;
import java.io.Serial;

/// A flush that came too late: writes that were acknowledged may be lost, and flushing again proves nothing. Who
/// passes it on must say that there is no use in trying again.
public final class ForgottenWritesException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    public ForgottenWritesException(String message) {
        super(message);
    }

    public ForgottenWritesException(String message, IOException cause) {
        super(message, cause);
    }
}
