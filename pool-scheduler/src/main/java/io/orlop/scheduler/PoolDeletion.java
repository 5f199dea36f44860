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
import io.orlop.model.SpecStatus;
import java.util.List;

/// Takes a pool away. Nothing is placed in it once that is promised, because whoever places a replica insists that the
/// pool is as it was when it was chosen.
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
        List<String> unknown = unknown(id);
        try (Guard _ = guards.acquire(Guarded.of(id))) {
            Stored<PoolSpec> present = view.pools()
                    .get(id)
                    .orElseThrow(() -> new Refusal.NotFound("there is no pool " + id, "list the pools").exception());
            Stored<PoolSpec> promise =
                    switch (present.value().status()) {
                        case CREATING, CREATED -> promised(present, unknown);
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
        Attempt<PoolSpec> attempt = hands.destroy(spec);
        switch (attempt) {
            case Attempt.Done<PoolSpec> gone -> {
                writer.commit(new Writes().remove(view.pools(), spec.id(), promise));
            }
            // The node keeps it, so it is as it was.
            case Attempt.Refused<PoolSpec> refused -> write(promise, SpecStatus.CREATED);
            case Attempt.Unclear<PoolSpec> unclear -> {}
        }
        return attempt;
    }

    private Stored<PoolSpec> promised(Stored<PoolSpec> present, List<String> unknown) {
        PoolSpec spec = present.value();
        if (!view.seen().online(spec.node())) {
            throw new Refusal.FailedPrecondition(
                            "node %s of pool %s is not online".formatted(spec.node(), spec.id()), "start its agent")
                    .exception();
        }
        refuseIfUsed(spec, unknown);
        Stored<PoolSpec> promise = write(present, SpecStatus.DELETING);
        try {
            // Somebody may have placed a replica between the look and the promise; after the promise nobody can.
            refuseIfUsed(spec, unknown);
            return promise;
        } catch (RuntimeException used) {
            write(promise, spec.status());
            throw used;
        }
    }

    private void refuseIfUsed(PoolSpec pool, List<String> unknown) {
        Refusal refusal = PoolLifecycle.deletion(pool, reservations.of(pool.id()), unknown);
        if (refusal != null) throw refusal.exception();
    }

    /// Asked of the node itself, before the guard is taken. Where the node cannot say, the deletion is refused.
    private List<String> unknown(PoolId id) {
        PoolSpec pool = view.pools().value(id).orElse(null);
        if (pool == null || pool.status() != SpecStatus.CREATED || !view.seen().online(pool.node())) return List.of();
        return hands.replicasIn(pool).stream()
                .filter(state -> view.replicas().get(state.uuid()).isEmpty())
                .map(state -> state.uuid().toString())
                .toList();
    }

    private Stored<PoolSpec> write(Stored<PoolSpec> seen, SpecStatus status) {
        PoolId id = seen.value().id();
        writer.commit(new Writes().replace(view.pools(), id, seen, seen.value().withStatus(status)));
        return view.pools().get(id).orElseThrow();
    }
}
