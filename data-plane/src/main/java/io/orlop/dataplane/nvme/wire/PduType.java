package io.orlop.dataplane.nvme.wire;

import org.jspecify.annotations.Nullable;

/// The kinds of PDU and the length of each kind's header.
public enum PduType {
    INITIALIZE_REQUEST(0x00, 128, false),
    INITIALIZE_RESPONSE(0x01, 128, false),
    HOST_TERMINATES(0x02, 24, true),
    CONTROLLER_TERMINATES(0x03, 24, true),
    COMMAND(0x04, 72, true),
    RESPONSE(0x05, 24, false),
    HOST_DATA(0x06, 24, true),
    CONTROLLER_DATA(0x07, 24, true),
    READY_TO_TRANSFER(0x09, 24, false);

    private static final @Nullable PduType[] BY_CODE = new PduType[0x0A];

    static {
        for (PduType type : values()) BY_CODE[type.code] = type;
    }

    private final int code;
    private final int headerBytes;
    private final boolean carriesData;

    PduType(int code, int headerBytes, boolean carriesData) {
        this.code = code;
        this.headerBytes = headerBytes;
        this.carriesData = carriesData;
    }

    public static @Nullable PduType of(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }

    public int code() {
        return code;
    }

    public int headerBytes() {
        return headerBytes;
    }

    public boolean carriesData() {
        return carriesData;
    }

    /// Whether digests, once agreed, protect it: not the agreement itself, and not the last word of a connection.
    public boolean digested() {
        return ordinal() >= COMMAND.ordinal();
    }

    public boolean terminates() {
        return this == HOST_TERMINATES || this == CONTROLLER_TERMINATES;
    }
}
