package io.orlop.model;

/// A replica's health as its node reports it.
public enum ReplicaStatus {
    UNKNOWN,
    ONLINE,
    DEGRADED,
    FAULTED
}
