package io.orlop.volume;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeSpec;

/// Tells an answer from the lack of one.
final class Doubt {
    private Doubt() {}

    /// Whether what was refused may have happened all the same, or may succeed as it is when tried again.
    static boolean about(RefusalException refused) {
        Refusal refusal = refused.refusal();
        return refusal.mayHaveHappened()
                || refusal instanceof Refusal.FailedPersist
                || refusal instanceof Refusal.Conflict;
    }

    /// Nothing is decided over copies by what a node said once.
    static RefusalException silentNode(VolumeSpec volume) {
        return new Refusal.Unavailable(
                        "a node of volume %s does not answer, so nobody knows how its replicas are"
                                .formatted(volume.uuid()),
                        "try again when it answers, or is known to be away")
                .exception();
    }

    /// Takes away what may be gone already.
    static void unlessGone(Runnable removal) {
        try {
            removal.run();
        } catch (RefusalException refused) {
            if (!(refused.refusal() instanceof Refusal.NotFound)) throw refused;
        }
    }
}
