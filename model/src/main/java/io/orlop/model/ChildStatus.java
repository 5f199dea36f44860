package io.orlop.model;

/// The health of one copy as its nexus sees it.
public enum ChildStatus {
    UNKNOWN,
    ONLINE,
    DEGRADED,
    FAULTED
}
