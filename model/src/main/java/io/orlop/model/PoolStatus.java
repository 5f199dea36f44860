package io.orlop.model;

/// A pool's health as its node reports it.
public enum PoolStatus {
    UNKNOWN,
    ONLINE,
    DEGRADED,
    FAULTED
}
