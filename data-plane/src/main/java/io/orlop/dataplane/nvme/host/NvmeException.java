package io.orlop.dataplane.nvme.host;

import io.orlop.dataplane.nvme.wire.Status;
import java.io.IOException;
import java.io.Serial;

/// A command that the other side answered with an error. The connection itself is sound.
public final class NvmeException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int statusField;

    NvmeException(String what, int statusField) {
        super(what + ": " + Status.describe(statusField));
        this.statusField = statusField;
    }

    /// The status code type: 0 generic, 1 command specific, 2 media, 3 path.
    public int statusType() {
        return statusField >> 9 & 0x7;
    }

    public int statusCode() {
        return statusField >> 1 & 0xFF;
    }

    /// Whether asking again is of no use.
    public boolean forGood() {
        return Status.forGood(statusField);
    }

    public boolean is(Status status) {
        return Status.of(statusField) == status;
    }
}
