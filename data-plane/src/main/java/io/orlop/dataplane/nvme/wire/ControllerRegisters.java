package io.orlop.dataplane.nvme.wire;

/// A controller's registers, which are its life: the host enables it, and later shuts it down or disables it.
///
/// ```
///   created ──EN=1──▶ ready ──SHN──▶ shut down
///      ▲                │                │
///      └────── EN=0 ────┴────── EN=0 ────┘
/// ```
public record ControllerRegisters(int configuration, Phase phase) {
    public enum Phase {
        CREATED,
        READY,
        SHUT_DOWN
    }

    public static final int VERSION = 0x0001_0300;

    /// What a host sets to take its leave: still enabled, shut down normally.
    public static final int SHUT_DOWN = 0x0046_4001;

    private static final int ENABLE = 0x1;
    private static final int SHUTDOWN = 0xC000;
    private static final int READY = 0x1;
    private static final int SHUTDOWN_COMPLETE = 0x8;
    /// Queues of this many entries, contiguous, 7.5 s to become ready, the NVM command set.
    private static final long CAPABILITIES = (Limits.QUEUE_ENTRIES - 1) | 1L << 16 | 15L << 24 | 1L << 37;

    public static ControllerRegisters created() {
        return new ControllerRegisters(0, Phase.CREATED);
    }

    public ControllerRegisters configured(int value) {
        boolean enabled = (value & ENABLE) != 0;
        boolean shutting = (value & SHUTDOWN) != 0;
        Phase next = shutting ? Phase.SHUT_DOWN : enabled ? Phase.READY : Phase.CREATED;
        return new ControllerRegisters(value, next);
    }

    public boolean ready() {
        return phase == Phase.READY;
    }

    public long get(Property property) {
        return switch (property) {
            case CAPABILITIES -> CAPABILITIES;
            case VERSION -> VERSION;
            case CONFIGURATION -> configuration & 0xFFFF_FFFFL;
            case STATUS ->
                switch (phase) {
                    case CREATED -> 0;
                    case READY -> READY;
                    case SHUT_DOWN -> SHUTDOWN_COMPLETE;
                };
        };
    }
}
