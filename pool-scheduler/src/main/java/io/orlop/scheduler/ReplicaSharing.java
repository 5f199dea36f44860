package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.table.Stored;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaOperation;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.SpecStatus;

/// Offers replicas to other nodes and takes the offer back. Each request says how the replica shall be, so that a newer
/// one replaces an older one that nobody finished.
final class ReplicaSharing {
    private final Guards guards;
    private final ReplicaBook book;
    private final ReplicaHands hands;

    ReplicaSharing(Guards guards, ReplicaBook book, ReplicaHands hands) {
        this.guards = guards;
        this.book = book;
        this.hands = hands;
    }

    Replica change(ReplicaId id, ReplicaOperation operation) {
        try (Guard _ = guards.acquire(Guarded.of(id))) {
            Stored<ReplicaSpec> seen = book.present(id);
            if (seen.value().status() != SpecStatus.CREATED) {
                throw new Refusal.FailedPrecondition(
                                "replica " + id + " is still being created", "ask again in a moment")
                        .exception();
            }
            book.replace(seen, seen.value().promising(operation));
            ReplicaState state =
                    switch (finish(book.present(id), operation)) {
                        case Attempt.Done<ReplicaState>(ReplicaState done) -> done;
                        case Attempt.Refused<ReplicaState>(Refusal said) -> throw said.exception();
                        case Attempt.Unclear<ReplicaState>(Refusal said) ->
                            throw new Refusal.Aborted(
                                            "replica %s is not shared as it should yet: %s"
                                                    .formatted(id, said.problem()),
                                            "it is being attended to; ask again in a moment")
                                    .exception();
                    };
            return new Replica(id, book.present(id).value(), state);
        }
    }

    /// The guard is taken, the operation is promised.
    Attempt<ReplicaState> finish(Stored<ReplicaSpec> promise, ReplicaOperation operation) {
        ReplicaSpec replica = promise.value();
        Attempt<ReplicaState> attempt = hands.carryOut(replica, operation);
        switch (attempt) {
            case Attempt.Done<ReplicaState> done -> book.replace(promise, replica.after(operation));
            case Attempt.Refused<ReplicaState> refused -> book.replace(promise, replica.withoutOperation());
            case Attempt.Unclear<ReplicaState> unclear -> {}
        }
        return attempt;
    }
}
