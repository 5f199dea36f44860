package io.orlop.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One copy as its nexus sees it.
///
/// @param rebuildPercent 0 to 100 while it is being rebuilt
public record ChildState(
        String uri,
        ChildStatus status,
        ChildReason reason,
        @Nullable Integer rebuildPercent,
        @Nullable Instant faultedAt) {
    public boolean healthy() {
        return status == ChildStatus.ONLINE;
    }

    public boolean rebuilding() {
        return status == ChildStatus.DEGRADED && reason == ChildReason.OUT_OF_SYNC;
    }

    /// The same, whether or not its rebuild has come further. That it is being rebuilt stays.
    ChildState withoutProgress() {
        return new ChildState(uri, status, reason, rebuildPercent == null ? null : 0, faultedAt);
    }
}
