package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Writes;
import io.orlop.control.view.ClusterView;
import io.orlop.model.Labels;
import io.orlop.model.NodeSpec;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.Refusal;
import io.orlop.model.SpecStatus;
import io.orlop.wire.service.CreatePoolSpec;

/// Makes a pool: the promise, the node's work, the kept word. A promise that nobody kept is gone on with by whoever
/// finds it.
final class PoolCreation {
    private final Guards guards;
    private final ClusterView view;
    private final FencedWriter writer;
    private final PoolHands hands;
    private final Presence presence;

    PoolCreation(Guards guards, ClusterView view, FencedWriter writer, PoolHands hands, Presence presence) {
        this.guards = guards;
        this.view = view;
        this.writer = writer;
        this.hands = hands;
        this.presence = presence;
    }

    Pool create(CreatePoolSpec request) {
        PoolId id = request.pool();
        Labels.checked("pool " + id, request.labels());
        var wanted = new PoolSpec(id, request.node(), request.disks(), request.labels(), SpecStatus.CREATING);
        boolean online = presence.await(request.node());
        try (Guard _ = guards.acquire(Guarded.of(id))) {
            Stored<PoolSpec> promise = view.pools()
                    .get(id)
                    .map(present -> goingOn(present, wanted))
                    .orElseGet(() -> promised(wanted, online));
            return switch (finish(promise)) {
                case Attempt.Done<Pool>(Pool pool) -> pool;
                case Attempt.Refused<Pool>(Refusal said) -> throw said.exception();
                case Attempt.Unclear<Pool>(Refusal said) ->
                    throw new Refusal.Aborted(
                                    "pool %s is not ready yet: %s".formatted(id, said.problem()),
                                    "it is being created; ask again in a moment")
                            .exception();
            };
        }
    }

    /// The guard is taken. A refused promise is withdrawn; what is unclear stays.
    Attempt<Pool> finish(Stored<PoolSpec> promise) {
        PoolSpec spec = promise.value();
        PoolId id = spec.id();
        return switch (hands.create(spec)) {
            case Attempt.Done<PoolState>(PoolState state) -> {
                PoolSpec created = spec.withStatus(SpecStatus.CREATED);
                writer.commit(new Writes().replace(view.pools(), id, promise, created));
                yield new Attempt.Done<>(new Pool(id, created, state));
            }
            case Attempt.Refused<PoolState>(Refusal said) -> {
                writer.commit(new Writes().remove(view.pools(), id, promise));
                yield new Attempt.Refused<>(said);
            }
            case Attempt.Unclear<PoolState>(Refusal said) -> new Attempt.Unclear<>(said);
        };
    }

    private static Stored<PoolSpec> goingOn(Stored<PoolSpec> present, PoolSpec wanted) {
        Refusal refusal = PoolLifecycle.creation(present.value(), wanted);
        if (refusal != null) throw refusal.exception();
        return present;
    }

    private Stored<PoolSpec> promised(PoolSpec wanted, boolean online) {
        NodeSpec node = view.nodes().value(wanted.node()).orElse(null);
        Refusal refusal =
                PoolLifecycle.creation(wanted, node, online, view.poolsByNode().of(wanted.node()));
        if (refusal != null) throw refusal.exception();
        writer.commit(new Writes().create(view.pools(), wanted.id(), wanted));
        return view.pools().get(wanted.id()).orElseThrow();
    }
}
