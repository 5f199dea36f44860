package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.table.Stored;
import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Given a pool whose creation or deletion was begun, when its node is online, then it is finished.
/// Given a pool that is created, when its node is online and does not have it, then it is imported again; the node
/// shares its replicas as they were.
final class PoolReconciler implements Reconciler<PoolId> {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Guards guards;
    private final Tables tables;
    private final PoolCreation creation;
    private final PoolDeletion deletion;
    private final PoolHands hands;
    private final Sight sight;

    PoolReconciler(
            Guards guards, Tables tables, PoolCreation creation, PoolDeletion deletion, PoolHands hands, Sight sight) {
        this.guards = guards;
        this.tables = tables;
        this.creation = creation;
        this.deletion = deletion;
        this.hands = hands;
        this.sight = sight;
    }

    List<PoolId> dirty() {
        return tables.pools().values().stream()
                .filter(pool -> pool.dirty() || missing(pool))
                .map(PoolSpec::id)
                .toList();
    }

    List<PoolId> dirtyOn(NodeId node) {
        return tables.pools().values().stream()
                .filter(pool -> pool.node().equals(node) && (pool.dirty() || missing(pool)))
                .map(PoolSpec::id)
                .toList();
    }

    @Override
    public Outcome reconcile(PoolId id) {
        // Looked at before the guard is taken, so that nobody waits for a look at what is well.
        if (tables.pools()
                .value(id)
                .filter(pool -> pool.dirty() || missing(pool))
                .isEmpty()) return Outcome.settled();
        Optional<Guard> guard = guards.tryAcquire(Guarded.of(id));
        if (guard.isEmpty()) return Outcome.again(SOON);
        try (Guard _ = guard.get()) {
            Optional<Stored<PoolSpec>> found = tables.pools().get(id);
            if (found.isEmpty()) return Outcome.settled();
            PoolSpec pool = found.get().value();
            if (!pool.dirty() && !missing(pool)) return Outcome.settled();
            if (!sight.online(pool.node())) return Outcome.blocked("node " + pool.node() + " is not online");
            return switch (pool.status()) {
                case CREATING ->
                    switch (creation.finish(found.get())) {
                        case Attempt.Done<Pool> done -> Outcome.settled();
                        case Attempt.Refused<Pool> withdrawn -> Outcome.settled();
                        case Attempt.Unclear<Pool> unclear -> Outcome.again(SOON);
                    };
                case DELETING, DELETED ->
                    switch (deletion.finish(found.get())) {
                        case Attempt.Done<PoolSpec> done -> Outcome.settled();
                        case Attempt.Refused<PoolSpec> kept -> Outcome.settled();
                        case Attempt.Unclear<PoolSpec> unclear -> Outcome.again(SOON);
                    };
                case CREATED -> load(pool);
            };
        }
    }

    private Outcome load(PoolSpec pool) {
        return switch (hands.load(pool)) {
            case Attempt.Done<PoolState> loaded -> {
                sight.refresh(pool.node());
                yield missing(pool) ? Outcome.again(SOON) : Outcome.settled();
            }
            case Attempt.Refused<PoolState>(Refusal said) ->
                Outcome.blocked("node %s cannot import it: %s".formatted(pool.node(), said.text()));
            case Attempt.Unclear<PoolState> unclear -> Outcome.again(SOON);
        };
    }

    private boolean missing(PoolSpec pool) {
        return Optional.ofNullable(sight.nodes().get(pool.node()))
                .filter(node -> node.node().online()
                        && node.pools().stream().noneMatch(state -> state.id().equals(pool.id())))
                .isPresent();
    }
}
