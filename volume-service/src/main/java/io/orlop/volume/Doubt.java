package io.orlop.volume;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;

/// Tells an answer from the lack of one.
final class Doubt {
    private Doubt() {}

    /// Whether what was refused may have happened all the same, or may succeed as it is when tried again.
    static boolean about(RefusalException refused) {
        return switch (refused.refusal()) {
            case Refusal.Unavailable _,
                    Refusal.TimedOut _,
                    Refusal.Aborted _,
                    Refusal.Failed _,
                    Refusal.FailedPersist _,
                    Refusal.Conflict _ -> true;
            case Refusal.NotFound _,
                    Refusal.AlreadyExists _,
                    Refusal.Invalid _,
                    Refusal.InUse _,
                    Refusal.Deleting _,
                    Refusal.FailedPrecondition _,
                    Refusal.NotPublished _,
                    Refusal.AlreadyPublished _,
                    Refusal.NotShared _,
                    Refusal.AlreadyShared _,
                    Refusal.OutOfCapacity _,
                    Refusal.OutOfRange _,
                    Refusal.NotAcceptable _,
                    Refusal.PermissionDenied _,
                    Refusal.Unimplemented _ -> false;
        };
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
