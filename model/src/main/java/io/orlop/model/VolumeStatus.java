package io.orlop.model;

/// A volume's health: derived from its nexus when published, from its replicas when not.
public enum VolumeStatus {
    UNKNOWN,
    ONLINE,
    DEGRADED,
    FAULTED,
    SHUTDOWN
}
