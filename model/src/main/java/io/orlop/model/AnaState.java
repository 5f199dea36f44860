package io.orlop.model;

/// Asymmetric namespace access: how good this path to the volume is.
public enum AnaState {
    INVALID,
    OPTIMIZED,
    NON_OPTIMIZED,
    INACCESSIBLE,
    PERSISTENT_LOSS,
    CHANGE
}
