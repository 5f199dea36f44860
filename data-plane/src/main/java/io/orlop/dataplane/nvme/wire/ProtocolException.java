package io.orlop.dataplane.nvme.wire;

import java.io.IOException;
import java.io.Serial;

/// The other side broke the protocol: the connection ends, and says why and where in the offending header.
public final class ProtocolException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    public enum Reason {
        INVALID_HEADER_FIELD(1),
        SEQUENCE_ERROR(2),
        HEADER_DIGEST_ERROR(3),
        DATA_OUT_OF_RANGE(4),
        DATA_LIMIT_EXCEEDED(5),
        UNSUPPORTED_PARAMETER(6);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    private final Reason reason;
    private final int offset;

    public ProtocolException(Reason reason, int offset, String message) {
        super(message);
        this.reason = reason;
        this.offset = offset;
    }

    public Pdu.Terminate terminate(PduType type) {
        return new Pdu.Terminate(type, reason.code(), offset);
    }
}
