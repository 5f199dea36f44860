package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Writes;
import io.orlop.control.view.ClusterView;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.SpecStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes a pool away. Nothing is placed in it once that is promised, because whoever places a replica insists that the
/// pool is as it was when it was chosen.
///
/// ```
///   promise ──► ask the node what the pool holds ──► nothing that anybody promised or made ──► destroy, forget
///                                               └──► something ──► created, as it was
/// ```
///
/// Whether it may go is decided after the promise and by whoever keeps it: somebody may have placed a replica just
/// before, and a promise that is found may have been given up by somebody who could not take it back.
final class PoolDeletion {
    private final Guards guards;
    private final ClusterView view;
    private final FencedWriter writer;
    private final PoolHands hands;
    private final Reservations reservations;

    PoolDeletion(Guards guards, ClusterView view, FencedWriter writer, PoolHands hands, Reservations reservations) {
        this.guards = guards;
        this.view = view;
        this.writer = writer;
        this.hands = hands;
        this.reservations = reservations;
    }

    void delete(PoolId id) {
        try (Guard _ = guards.acquire(Guarded.of(id))) {
            Stored<PoolSpec> present = view.pools()
                    .get(id)
                    .orElseThrow(() -> new Refusal.NotFound("there is no pool " + id, "list the pools").exception());
            Stored<PoolSpec> promise =
                    switch (present.value().status()) {
                        case CREATING, CREATED -> promised(present);
                        case DELETING, DELETED -> present;
                    };
            switch (finish(promise)) {
                case Attempt.Done<PoolSpec> gone -> {}
                case Attempt.Refused<PoolSpec>(Refusal said) -> throw said.exception();
                case Attempt.Unclear<PoolSpec>(Refusal said) ->
                    throw new Refusal.Aborted(
                                    "pool %s is not gone yet: %s".formatted(id, said.problem()),
                                    "it is being deleted; look again in a moment")
                            .exception();
            }
        }
    }

    /// The guard is taken.
    Attempt<PoolSpec> finish(Stored<PoolSpec> promise) {
        PoolSpec spec = promise.value();
        // Also where its node or its disk is away, and cannot say what is in it.
        Refusal used = objection(spec, List.of());
        Attempt<PoolSpec> attempt =
                used == null ? hands.destroy(spec, held -> objection(spec, held)) : new Attempt.Refused<>(used);
        switch (attempt) {
            case Attempt.Done<PoolSpec> gone -> writer.commit(new Writes().remove(view.pools(), spec.id(), promise));
            // The node keeps it, so it is as it was.
            case Attempt.Refused<PoolSpec> refused -> write(promise, SpecStatus.CREATED);
            case Attempt.Unclear<PoolSpec> unclear -> {}
        }
        return attempt;
    }

    private Stored<PoolSpec> promised(Stored<PoolSpec> present) {
        PoolSpec spec = present.value();
        if (!view.seen().online(spec.node())) {
            throw new Refusal.FailedPrecondition(
                            "node %s of pool %s is not online".formatted(spec.node(), spec.id()), "start its agent")
                    .exception();
        }
        // Nobody need promise what is known to be refused.
        Refusal refusal = objection(spec, List.of());
        if (refusal != null) throw refusal.exception();
        return write(present, SpecStatus.DELETING);
    }

    /// @param held what the node says is in it
    private @Nullable Refusal objection(PoolSpec pool, List<ReplicaState> held) {
        List<String> unknown = held.stream()
                .map(ReplicaState::uuid)
                .filter(replica -> view.replicas().get(replica).isEmpty())
                .map(ReplicaId::toString)
                .toList();
        return PoolLifecycle.deletion(pool, reservations.of(pool.id()), unknown);
    }

    private Stored<PoolSpec> write(Stored<PoolSpec> seen, SpecStatus status) {
        PoolId id = seen.value().id();
        writer.commit(new Writes().replace(view.pools(), id, seen, seen.value().withStatus(status)));
        return view.pools().get(id).orElseThrow();
    }
}
