package io.orlop.scheduler;

import io.orlop.control.view.Observations;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaState;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.service.Fact;
import java.util.List;
import java.util.Optional;

/// What nodes do for pools. Where an answer leaves open what is true, the node is asked what it has.
final class PoolHands {
    private final Agents agents;
    private final Observations seen;

    PoolHands(Agents agents, Observations seen) {
        this.agents = agents;
        this.seen = seen;
    }

    /// Creates the pool, or imports what the disk carries of it.
    Attempt<PoolState> create(PoolSpec pool) {
        return settled(pool, Attempt.of(() -> at(pool).createPool(request(pool))));
    }

    /// Imports the pool; a disk that carries nothing is left as it is.
    Attempt<PoolState> load(PoolSpec pool) {
        return settled(pool, Attempt.of(() -> at(pool).importPool(request(pool))));
    }

    /// Takes the pool off its disk, loaded or not.
    Attempt<PoolSpec> destroy(PoolSpec pool) {
        Attempt<PoolSpec> first = destroyLoaded(pool);
        if (!(first instanceof Attempt.Refused<PoolSpec>(Refusal.NotFound notLoaded))) return first;
        return switch (load(pool)) {
            case Attempt.Done<PoolState> loaded -> destroyLoaded(pool);
            // There is no such pool on this disk, or no such disk.
            case Attempt.Refused<PoolState> nothing -> new Attempt.Done<>(pool);
            case Attempt.Unclear<PoolState>(Refusal said) -> new Attempt.Unclear<>(said);
        };
    }

    List<ReplicaState> replicasIn(PoolSpec pool) {
        return at(pool).replicas().stream()
                .filter(state -> state.pool().equals(pool.id()))
                .toList();
    }

    private Attempt<PoolSpec> destroyLoaded(PoolSpec pool) {
        return Attempt.of(() -> {
            at(pool).destroyPool(pool.id());
            return pool;
        });
    }

    private Attempt<PoolState> settled(PoolSpec pool, Attempt<PoolState> attempt) {
        return switch (attempt) {
            case Attempt.Done<PoolState> done -> done;
            case Attempt.Refused<PoolState>(Refusal.AlreadyExists said) -> found(pool, new Attempt.Refused<>(said));
            case Attempt.Refused<PoolState> refused -> refused;
            // It has ended, so what is not there now will not be.
            case Attempt.Unclear<PoolState>(Refusal.Failed said) -> found(pool, new Attempt.Refused<>(said));
            case Attempt.Unclear<PoolState> unclear -> found(pool, unclear);
        };
    }

    private Attempt<PoolState> found(PoolSpec pool, Attempt<PoolState> otherwise) {
        return switch (Attempt.of(() -> look(pool))) {
            case Attempt.Done<Optional<PoolState>>(Optional<PoolState> found) ->
                found.<Attempt<PoolState>>map(state -> Disks.same(state.disks(), pool.disks())
                                ? new Attempt.Done<>(noted(state))
                                : new Attempt.Refused<>(new Refusal.Differs(
                                        "node %s has a pool %s on %s".formatted(pool.node(), pool.id(), state.disks()),
                                        "use another name")))
                        .orElse(otherwise);
            case Attempt.Refused<Optional<PoolState>>(Refusal said) -> new Attempt.Unclear<>(said);
            case Attempt.Unclear<Optional<PoolState>>(Refusal said) -> new Attempt.Unclear<>(said);
        };
    }

    private PoolState noted(PoolState state) {
        seen.answered(new Fact.Pool(state));
        return state;
    }

    private Optional<PoolState> look(PoolSpec pool) {
        return at(pool).pools().stream()
                .filter(state -> state.id().equals(pool.id()))
                .findFirst();
    }

    private Agent at(PoolSpec pool) {
        return agents.at(pool.node());
    }

    private static CreatePool request(PoolSpec pool) {
        return new CreatePool(pool.id(), pool.disks());
    }
}
