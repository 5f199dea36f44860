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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

    /// Takes the pool off its disk, unless what it holds is a reason not to. What a pool holds that is not loaded,
    /// nobody can say: so it is loaded first.
    ///
    /// @param objection to destroying what is in it; `null` if there is none
    Attempt<PoolSpec> destroy(PoolSpec pool, Function<List<ReplicaState>, @Nullable Refusal> objection) {
        Attempt<PoolState> loaded = Attempt.found(() -> look(pool), state -> judge(pool, state), () -> {
            seen.answeredGone(Fact.Pool.id(pool.node(), pool.id()));
            return load(pool);
        });
        return switch (loaded) {
            case Attempt.Done<PoolState> there -> destroyLoaded(pool, objection);
            case Attempt.Refused<PoolState>(Refusal said) when said.passing() -> new Attempt.Unclear<>(said);
            // There is no such pool on this disk, or no such disk.
            case Attempt.Refused<PoolState> nothing -> new Attempt.Done<>(pool);
            case Attempt.Unclear<PoolState>(Refusal said) -> new Attempt.Unclear<>(said);
        };
    }

    private Attempt<PoolSpec> destroyLoaded(PoolSpec pool, Function<List<ReplicaState>, @Nullable Refusal> objection) {
        Attempt<PoolSpec> attempt = Attempt.of(() -> {
            Refusal refusal = objection.apply(replicasIn(pool));
            if (refusal != null) throw refusal.exception();
            at(pool).destroyPool(pool.id());
            return pool;
        });
        // An earlier command has just been carried out, or the node was started again since it was asked.
        return attempt instanceof Attempt.Refused<PoolSpec>(Refusal.NotFound said)
                ? new Attempt.Unclear<>(said)
                : attempt;
    }

    private List<ReplicaState> replicasIn(PoolSpec pool) {
        return at(pool).replicas().stream()
                .filter(state -> state.pool().equals(pool.id()))
                .toList();
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
