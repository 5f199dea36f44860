package io.orlop.model;

/// Why a child is not online. The names are Mayastor's.
public enum ChildReason {
    NONE,
    INIT,
    CLOSED,
    CANNOT_OPEN,
    CONFIG_INVALID,
    REBUILD_FAILED,
    IO_FAILURE,
    BY_CLIENT,
    OUT_OF_SYNC,
    NO_SPACE,
    TIMED_OUT,
    ADMIN_FAILED
}
