package io.orlop.standalone;

import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolStatus;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.Pools;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/// The pools of a demo at its start: makes those that were never promised, and waits for the others to be imported. One
/// that cannot be served is said in a line and keeps nobody else from serving.
final class DemoPools {
    private final Pools pools;
    private final Patience patience;
    private final Function<PoolId, Path> file;
    private final Consumer<String> say;

    /// @param file makes a new pool's file
    DemoPools(Pools pools, Patience patience, Function<PoolId, Path> file, Consumer<String> say) {
        this.pools = pools;
        this.patience = patience;
        this.file = file;
        this.say = say;
    }

    /// @param node is online; the pool scheduler may hear of that later than we did
    void make(NodeId node, PoolId id) throws InterruptedException {
        try {
            patience.until("pool %s to be made".formatted(id), () -> promised(id) ? Optional.of(id) : made(node, id));
        } catch (RefusalException refused) {
            say.accept("pool %s is not made: %s".formatted(id, refused.refusal().text()));
        }
    }

    /// Whatever was promised is imported by the pool scheduler. Its file is left as it is even if it is gone: an empty
    /// one in its place would pass for a pool whose replicas are lost for a reason nobody sees.
    private boolean promised(PoolId id) {
        return pools.pools().anyMatch(pool -> pool.id().equals(id) && pool.spec() != null);
    }

    private Optional<PoolId> made(NodeId node, PoolId id) {
        try {
            pools.createPool(new CreatePoolSpec(id, node, List.of("aio://" + file.apply(id)), Map.of()));
            return Optional.of(id);
        } catch (RefusalException refused) {
            return switch (refused.refusal()) {
                case Refusal.AlreadyExists _ -> Optional.of(id);
                // It has registered: that it is unknown there, or not online, is old news.
                case Refusal.NotFound _, Refusal.FailedPrecondition _ -> throw later(refused.refusal());
                default -> throw refused;
            };
        }
    }

    private static RefusalException later(Refusal refusal) {
        return new Refusal.Unavailable(refusal.problem(), refusal.remedy()).exception();
    }

    /// Returns when each pool of these nodes is served, or known not to be.
    void awaitServed(List<NodeId> nodes) throws InterruptedException {
        var unserved = new TreeMap<PoolId, String>();
        patience.await("every pool to be imported", () -> {
            unserved.clear();
            boolean all = true;
            for (Pool pool : pools.pools().toList()) {
                PoolSpec spec = pool.spec();
                if (spec == null || !nodes.contains(spec.node()) || serves(pool)) continue;
                Optional<String> why = cannotServe(pool, spec);
                why.ifPresent(said -> unserved.put(spec.id(), said));
                all &= why.isPresent();
            }
            return all;
        });
        unserved.forEach((id, why) -> say.accept("pool %s is not served: %s".formatted(id, why)));
    }

    /// @return empty if it may serve yet
    private static Optional<String> cannotServe(Pool pool, PoolSpec spec) {
        return switch (spec.status()) {
            // Why, the scheduler says of one that its node does not import, and nobody of one that fails later.
            case CREATED ->
                Optional.ofNullable(pool.state())
                        .map(state -> Objects.requireNonNullElse(state.reason(), "its node reports it as faulted"));
            case CREATING -> Optional.empty();
            case DELETING, DELETED -> Optional.of("it is being deleted");
        };
    }

    private static boolean serves(Pool pool) {
        return pool.state() != null && pool.state().status() != PoolStatus.FAULTED;
    }
}
