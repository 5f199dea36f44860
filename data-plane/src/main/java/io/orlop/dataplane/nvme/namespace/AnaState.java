package io.orlop.dataplane.nvme.namespace;

import io.orlop.dataplane.nvme.wire.Status;

/// How good a path is (asymmetric namespace access). A host with native multipath uses optimized paths while there
/// are any, then the others; of an inaccessible one it knows that it should look elsewhere and not fail.
public enum AnaState {
    OPTIMIZED(0x1, Status.SUCCESS),
    NON_OPTIMIZED(0x2, Status.SUCCESS),
    INACCESSIBLE(0x3, Status.ANA_INACCESSIBLE),
    PERSISTENT_LOSS(0x4, Status.ANA_PERSISTENT_LOSS),
    CHANGE(0xF, Status.ANA_TRANSITION);

    private final int code;
    private final Status ioStatus;

    AnaState(int code, Status ioStatus) {
        this.code = code;
        this.ioStatus = ioStatus;
    }

    public int code() {
        return code;
    }

    /// What reads and writes on such a path are answered; success where they are served.
    public Status ioStatus() {
        return ioStatus;
    }
}
