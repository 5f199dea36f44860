package io.orlop.dataplane.nvme.wire;

import org.jspecify.annotations.Nullable;

/// The commands of an I/O queue that we know.
public enum IoOpcode {
    FLUSH(0x00),
    WRITE(0x01),
    READ(0x02),
    WRITE_ZEROES(0x08),
    DATASET_MANAGEMENT(0x09);

    private final int code;

    IoOpcode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static @Nullable IoOpcode of(int code) {
        return switch (code) {
            case 0x00 -> FLUSH;
            case 0x01 -> WRITE;
            case 0x02 -> READ;
            case 0x08 -> WRITE_ZEROES;
            case 0x09 -> DATASET_MANAGEMENT;
            default -> null;
        };
    }
}
