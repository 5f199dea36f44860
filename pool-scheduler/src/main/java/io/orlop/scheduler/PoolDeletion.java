package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Writes;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.SpecStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes a pool away. Nothing is placed in it once that is promised, because whoever places a replica insists that the
/// pool is as it was when it was chosen.
final class PoolDeletion {
    private final Guards guards;
    private final Tables tables;
    private final FencedWriter writer;
    private final PoolHands hands;
    private final Reservations reservations;
    private final Sight sight;

    PoolDeletion(
            Guards guards,
            Tables tables,
            FencedWriter writer,
            PoolHands hands,
            Reservations reservations,
            Sight sight) {
        this.guards = guards;
        this.tables = tables;
        this.writer = writer;
        this.hands = hands;
        this.reservations = reservations;
        this.sight = sight;
    }

    void delete(PoolId id) {
        try (Guard _ = guards.acquire(Guarded.of(id))) {
            Stored<PoolSpec> present = tables.pools()
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
        Attempt<PoolSpec> attempt = hands.destroy(spec);
        switch (attempt) {
            case Attempt.Done<PoolSpec> gone -> {
                sight.refresh(spec.node());
                writer.commit(new Writes().remove(tables.pools(), spec.id(), promise));
            }
            // The node keeps it, so it is as it was.
            case Attempt.Refused<PoolSpec> refused -> write(promise, SpecStatus.CREATED);
            case Attempt.Unclear<PoolSpec> unclear -> {}
        }
        return attempt;
    }

    private Stored<PoolSpec> promised(Stored<PoolSpec> present) {
        PoolSpec spec = present.value();
        if (!sight.onlineNow(spec.node())) {
            throw new Refusal.FailedPrecondition(
                            "node %s of pool %s is not online".formatted(spec.node(), spec.id()), "start its agent")
                    .exception();
        }
        refuseIfUsed(spec);
        Stored<PoolSpec> promise = write(present, SpecStatus.DELETING);
        try {
            // Somebody may have placed a replica between the look and the promise; after the promise nobody can.
            refuseIfUsed(spec);
            return promise;
        } catch (RuntimeException used) {
            write(promise, spec.status());
            throw used;
        }
    }

    private void refuseIfUsed(PoolSpec pool) {
        Refusal refusal = PoolLifecycle.deletion(pool, reservations.of(pool.id()), unknown(pool));
        if (refusal != null) throw refusal.exception();
    }

    private List<String> unknown(PoolSpec pool) {
        Map<ReplicaId, ?> known = tables.replicas().all();
        return Optional.ofNullable(sight.nodes().get(pool.node())).stream()
                .flatMap(node -> node.replicas().stream())
                .filter(state -> state.pool().equals(pool.id()) && !known.containsKey(state.uuid()))
                .map(state -> state.uuid().toString())
                .toList();
    }

    private Stored<PoolSpec> write(Stored<PoolSpec> seen, SpecStatus status) {
        PoolId id = seen.value().id();
        writer.commit(
                new Writes().replace(tables.pools(), id, seen, seen.value().withStatus(status)));
        return tables.pools().get(id).orElseThrow();
    }
}
