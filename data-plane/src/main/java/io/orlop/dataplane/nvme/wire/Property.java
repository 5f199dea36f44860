package io.orlop.dataplane.nvme.wire;

import org.jspecify.annotations.Nullable;

/// The controller registers that can be reached over fabrics.
public enum Property {
    CAPABILITIES(0x00, true),
    VERSION(0x08, false),
    CONFIGURATION(0x14, false),
    STATUS(0x1C, false);

    private final int offset;
    private final boolean wide;

    Property(int offset, boolean wide) {
        this.offset = offset;
        this.wide = wide;
    }

    public int offset() {
        return offset;
    }

    /// Eight bytes rather than four.
    public boolean wide() {
        return wide;
    }

    public static @Nullable Property of(int offset) {
        for (Property property : values()) if (property.offset == offset) return property;
        return null;
    }
}
