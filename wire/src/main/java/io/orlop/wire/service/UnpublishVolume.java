package io.orlop.wire.service;

import io.orlop.model.NexusId;
import org.jspecify.annotations.Nullable;

/// @param force also if the node that serves the volume is away
/// @param nexus only if this one serves it, or was about to; `null` for whichever does
public record UnpublishVolume(boolean force, @Nullable NexusId nexus) {
    /// Only if the node that serves it can say good-bye to its hosts.
    public static UnpublishVolume gently() {
        return new UnpublishVolume(false, null);
    }

    public static UnpublishVolume byForce() {
        return new UnpublishVolume(true, null);
    }
}
