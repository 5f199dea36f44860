package io.orlop.csi;

import io.grpc.Status;
import io.orlop.model.Refusal;
import io.orlop.wire.status.RefusalStatus;

/// How a refusal is said to the side-cars, for whom a code is an order:
///
/// ```
/// ABORTED, CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE   may still happen: ask again until the answer is final
/// RESOURCE_EXHAUSTED                                   nothing exists; the Pod may be put elsewhere
/// anything else                                        nothing exists, and never will
/// ```
///
/// So whatever is not known to have failed is never INTERNAL: a volume that comes to be after that is nobody's.
final class CsiStatus {
    private CsiStatus() {}

    static Status of(Refusal refusal) {
        Status.Code code =
                switch (refusal) {
                    case Refusal.Failed _ -> Status.Code.UNAVAILABLE;
                    case Refusal.Deleting _ -> Status.Code.ABORTED;
                    case Refusal other -> RefusalStatus.of(other).grpc();
                };
        return code.toStatus().withDescription(refusal.text());
    }

    /// A bug of ours says nothing about whether the thing happened.
    static Status ofBug(Throwable thrown) {
        return Status.UNAVAILABLE.withDescription(
                "the CSI controller failed (%s): look into its log; asking again does no harm".formatted(thrown));
    }
}
