package io.orlop.dataplane.nvme.wire;

import org.jspecify.annotations.Nullable;

/// The commands of an admin queue that we know.
public enum AdminOpcode {
    GET_LOG_PAGE(0x02),
    IDENTIFY(0x06),
    ABORT(0x08),
    SET_FEATURES(0x09),
    GET_FEATURES(0x0A),
    ASYNC_EVENT_REQUEST(0x0C),
    KEEP_ALIVE(0x18);

    private final int code;

    AdminOpcode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static @Nullable AdminOpcode of(int code) {
        for (AdminOpcode opcode : values()) if (opcode.code == code) return opcode;
        return null;
    }
}
