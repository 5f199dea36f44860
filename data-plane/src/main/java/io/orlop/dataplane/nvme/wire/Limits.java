package io.orlop.dataplane.nvme.wire;

/// What a target promises to take, and therefore how much one connection can hold of our memory.
public final class Limits {
    /// Entries of a queue; one is always free, so one fewer commands can be under way.
    public static final int QUEUE_ENTRIES = 128;

    public static final int IO_QUEUES = 32;
    public static final int IN_CAPSULE_BYTES = 4096;
    /// An admin queue's capsules are larger, by the standard.
    public static final int ADMIN_IN_CAPSULE_BYTES = 8192;

    public static final int PAGE_SHIFT = 12;
    public static final int TRANSFER_SHIFT = 5;
    /// The largest read or write: 128 KiB.
    public static final int TRANSFER_BYTES = 1 << PAGE_SHIFT + TRANSFER_SHIFT;

    /// What a connection's reads and large writes may hold at once; more wait.
    public static final int CONNECTION_BYTES = 4 << 20;

    public static final int ASYNC_EVENTS = 4;
    public static final int NQN_LENGTH = 223;

    private Limits() {}
}
