package io.orlop.store.log;

/// How far the log is safe: all closed segments, and so much of the one that grows.
record SafeEnd(Segment segment, long bytes) {
    /// What is neither in a closed segment nor before the end only the writer knows of.
    boolean covers(Segment some, long offset) {
        return some == segment ? offset < bytes : some.sealed;
    }
}
