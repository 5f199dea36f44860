package io.orlop.model;

/// A nexus's health as its node reports it.
public enum NexusStatus {
    UNKNOWN,
    ONLINE,
    DEGRADED,
    FAULTED,
    SHUTTING_DOWN,
    SHUTDOWN;

    /// Whether hosts read and write through it.
    public boolean serves() {
        return this == ONLINE || this == DEGRADED;
    }
}
