package io.orlop.dataplane.nvme.wire;

/// The features that a host can set or get, as far as we know them.
public final class Feature {
    public static final int VOLATILE_WRITE_CACHE = 0x06;
    public static final int QUEUES = 0x07;
    public static final int ASYNC_EVENTS = 0x0B;
    public static final int KEEP_ALIVE = 0x0F;
    public static final int HOST_ID = 0x81;

    private Feature() {}
}
