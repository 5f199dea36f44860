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
        return Attempt.of(() -> at(pool).createPool(request(pool)))
                .settled(() -> look(pool), state -> judge(pool, state));
    }

    /// Imports the pool; a disk that carries nothing is left as it is.
    Attempt<PoolState> load(PoolSpec pool) {
        return Attempt.of(() -> at(pool).importPool(request(pool)))
                .settled(() -> look(pool), state -> judge(pool, state));
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

    private Attempt<PoolState> judge(PoolSpec pool, PoolState found) {
        if (!Disks.same(found.disks(), pool.disks())) {
            return new Attempt.Refused<>(new Refusal.Differs(
                    "node %s has a pool %s on %s".formatted(pool.node(), pool.id(), found.disks()),
                    "use another name"));
        }
        seen.answered(new Fact.Pool(found));
        return new Attempt.Done<>(found);
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
