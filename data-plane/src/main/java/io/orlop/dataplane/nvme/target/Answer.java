package io.orlop.dataplane.nvme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What becomes of an admin command.
sealed interface Answer {
    record Done(long result) implements Answer {}

    /// A page of data for the host.
    record Page(ByteBuffer bytes) implements Answer {
        static ByteBuffer of(int size) {
            return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

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
