package io.orlop.dataplane.nvme;

/// What a target promises to take, and therefore how much one connection can hold of our memory.
final class Limits {
    /// Entries of a queue; one is always free, so one fewer commands can be under way.
    static final int QUEUE_ENTRIES = 128;

    static final int IO_QUEUES = 32;
    static final int IN_CAPSULE_BYTES = 4096;
    /// An admin queue's capsules are larger, by the standard.
    static final int ADMIN_IN_CAPSULE_BYTES = 8192;

    static final int PAGE_SHIFT = 12;
    static final int TRANSFER_SHIFT = 5;
    /// The largest read or write: 128 KiB.
    static final int TRANSFER_BYTES = 1 << PAGE_SHIFT + TRANSFER_SHIFT;

    /// What a connection's reads and large writes may hold at once; more wait.
    static final int CONNECTION_BYTES = 4 << 20;

    static final int ASYNC_EVENTS = 4;
    static final int NQN_LENGTH = 223;

    private Limits() {}
}
