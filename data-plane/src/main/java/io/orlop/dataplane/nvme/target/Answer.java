package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.Status;
import java.nio.ByteBuffer;

/// What becomes of an admin command.
sealed interface Answer {
    record Done(long result) implements Answer {}

    /// A page of data for the host.
    record Data(ByteBuffer bytes) implements Answer {}

    /// `result` says more about some refusals, such as which parameter was wrong.
    record Refused(Status status, long result) implements Answer {}

    /// It is answered when there is something to tell.
    record Parked() implements Answer {}

    static Answer done() {
        return new Done(0);
    }

    static Answer refused(Status status) {
        return new Refused(status, 0);
    }
}
