package io.orlop.dataplane.nvme.wire;

import org.jspecify.annotations.Nullable;

/// How a command ended, as far as this project says or understands it.
///
/// ```
///  bit 15   14    13 12   11 10 9     8 … 1      0
///     DNR  more    CRD      type      code     phase       in the completion's last two bytes
/// ```
///
/// DNR, "do not retry", says that the same command would fail again; path errors never carry it, so that a host
/// with another path takes that one.
public enum Status {
    SUCCESS(0, 0x00, false),
    INVALID_OPCODE(0, 0x01, true),
    INVALID_FIELD(0, 0x02, true),
    DATA_TRANSFER_ERROR(0, 0x04, false),
    INTERNAL_ERROR(0, 0x06, false),
    INVALID_NAMESPACE(0, 0x0B, true),
    SEQUENCE_ERROR(0, 0x0C, true),
    SGL_LENGTH_INVALID(0, 0x0F, true),
    SGL_TYPE_INVALID(0, 0x11, true),
    SGL_OFFSET_INVALID(0, 0x16, true),
    KEEP_ALIVE_EXPIRED(0, 0x18, true),
    TRANSPORT_ERROR(0, 0x22, false),
    LBA_OUT_OF_RANGE(0, 0x80, true),
    CAPACITY_EXCEEDED(0, 0x81, true),
    RESERVATION_CONFLICT(0, 0x83, true),
    ASYNC_EVENT_LIMIT(1, 0x05, true),
    INVALID_LOG_PAGE(1, 0x09, true),
    FEATURE_NOT_CHANGEABLE(1, 0x0E, true),
    CONNECT_FORMAT(1, 0x80, true),
    CONTROLLER_BUSY(1, 0x81, false),
    /// Also what a name says that is not served here, which after a restart may only be a matter of time.
    CONNECT_INVALID(1, 0x82, false),
    HOST_NOT_ALLOWED(1, 0x84, true),
    WRITE_FAULT(2, 0x80, false),
    UNRECOVERED_READ(2, 0x81, false),
    COMPARE_FAILURE(2, 0x85, true),
    UNWRITTEN_BLOCK(2, 0x87, true),
    ANA_PERSISTENT_LOSS(3, 0x01, false),
    ANA_INACCESSIBLE(3, 0x02, false),
    ANA_TRANSITION(3, 0x03, false);

    private static final int DO_NOT_RETRY = 0x8000;

    private final int type;
    private final int code;
    private final boolean doNotRetry;

    Status(int type, int code, boolean doNotRetry) {
        this.type = type;
        this.code = code;
        this.doNotRetry = doNotRetry;
    }

    /// The completion's status field.
    public int field() {
        return type << 9 | code << 1 | (doNotRetry ? DO_NOT_RETRY : 0);
    }

    /// The same, for one that would otherwise be tried again.
    public int fieldForGood() {
        return field() | DO_NOT_RETRY;
    }

    /// Whether a status field says that asking again is of no use.
    public static boolean forGood(int field) {
        return (field & DO_NOT_RETRY) != 0;
    }

    /// The status that a status field names, or nothing if it is none of ours.
    public static @Nullable Status of(int field) {
        for (Status status : values()) {
            if (status.code == (field >> 1 & 0xFF) && status.type == (field >> 9 & 0x7)) return status;
        }
        return null;
    }

    public static String describe(int field) {
        Status status = of(field);
        String name = status == null
                ? "status"
                : status.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        return "%s (type %d, code 0x%02x)".formatted(name, field >> 9 & 0x7, field >> 1 & 0xFF);
    }
}
