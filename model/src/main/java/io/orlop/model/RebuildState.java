package io.orlop.model;

/// How far a rebuild is.
public enum RebuildState {
    INIT,
    REBUILDING,
    STOPPED,
    PAUSED,
    FAILED,
    COMPLETED
}
