package io.orlop.scheduler;

import io.orlop.control.view.ClusterView;
import io.orlop.control.view.SideBySide;
import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.ReplicasOf;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The pools and replicas that there are, for whoever asks: what is promised beside what is reported, page by page.
///
/// ```
///   promised    p1        p3              with a spec and, while its node is online, a state
///   reported    p1   p2                   nobody here promised p2: it has no spec
///   listed      p1   p2   p3 faulted      its node refuses to import it, and that is said here
/// ```
///
/// What is on its way out is out of sight.
final class Inventory {
    private final ClusterView view;
    private final Function<PoolSpec, @Nullable String> refused;

    /// @param refused why a pool's node does not import it; `null` if it does not refuse
    Inventory(ClusterView view, Function<PoolSpec, @Nullable String> refused) {
        this.view = view;
        this.refused = refused;
    }

    Page<Pool> pools(@Nullable PoolId after, int most) {
        return Page.of(
                SideBySide.of(
                        view.pools().after(after),
                        PoolSpec::id,
                        view.seen().pools(after),
                        PoolState::id,
                        (spec, state) -> spec == null ? new Pool(id(state), null, state) : pool(spec)),
                most);
    }

    private static PoolId id(@Nullable PoolState state) {
        return Objects.requireNonNull(state).id();
    }

    /// Another node's pool of the same name is not this one. That its node refuses to import it is said here and
    /// nowhere else: whoever places replicas looks at what is seen.
    private Pool pool(PoolSpec spec) {
        PoolState state = view.seen()
                .pool(spec.id(), spec.node())
                .or(() -> Optional.ofNullable(refused.apply(spec)).map(why -> PoolState.refused(spec, why)))
                .orElse(null);
        return new Pool(spec.id(), spec, state);
    }

    Pool pool(PoolId pool) {
        return view.pools()
                .value(pool)
                .map(this::pool)
                .or(() -> view.seen().pool(pool).stream().findFirst().map(state -> new Pool(pool, null, state)))
                .orElseThrow(() -> new Refusal.NotFound("there is no pool " + pool, "list the pools").exception());
    }

    Page<Replica> replicas(ReplicasOf which, @Nullable ReplicaId after, int most) {
        return Page.of(
                switch (which) {
                    case ReplicasOf.Everything() ->
                        replicas(view.replicas().after(after), view.seen().replicas(after));
                    case ReplicasOf.Volume(var volume) ->
                        replicas(view.replicasByVolume().after(volume, after), Stream.empty());
                    // Also those that nobody promised are in a pool and on a node.
                    case ReplicasOf.Pool(var pool) ->
                        replicas(view.replicasByPool().after(pool, after), seenIn(pool, after))
                                .filter(replica -> isAt(replica, ReplicaSpec::pool, ReplicaState::pool, pool));
                    case ReplicasOf.Node(var node) ->
                        replicas(
                                        view.replicasByNode().after(node, after),
                                        view.seen().replicasOn(node, after))
                                .filter(replica -> isAt(replica, ReplicaSpec::node, ReplicaState::node, node));
                },
                most);
    }

    /// A pool is seen where its replicas are: only what is on those nodes is looked at. That is mostly one, whose
    /// replicas are in order already: a walk and not a copy.
    private Stream<ReplicaState> seenIn(PoolId pool, @Nullable ReplicaId after) {
        List<NodeId> nodes = Stream.concat(
                        view.pools().value(pool).map(PoolSpec::node).stream(),
                        view.seen().pool(pool).stream().map(PoolState::node))
                .distinct()
                .toList();
        Stream<ReplicaState> there = nodes.size() == 1
                ? view.seen().replicasOn(nodes.getFirst(), after)
                : nodes.stream()
                        .flatMap(node -> view.seen().replicasOn(node, after))
                        .sorted(Comparator.comparing(ReplicaState::uuid));
        return there.filter(state -> state.pool().equals(pool));
    }

    private static <P> boolean isAt(
            Replica replica, Function<ReplicaSpec, P> promised, Function<ReplicaState, P> reported, P place) {
        ReplicaSpec spec = replica.spec();
        ReplicaState state = replica.state();
        return spec != null && promised.apply(spec).equals(place)
                || state != null && reported.apply(state).equals(place);
    }

    /// What is promised beside what is reported, each sorted by id: a walk and not a copy.
    private Stream<Replica> replicas(Stream<ReplicaSpec> promised, Stream<ReplicaState> reported) {
        return SideBySide.of(
                        promised,
                        ReplicaSpec::uuid,
                        reported,
                        ReplicaState::uuid,
                        (spec, state) -> spec == null ? replica(Objects.requireNonNull(state)) : replica(spec))
                .filter(Inventory::visible);
    }

    /// It may be promised, but elsewhere.
    private Replica replica(ReplicaState state) {
        return view.replicas()
                .value(state.uuid())
                .map(this::replica)
                .orElseGet(() -> new Replica(state.uuid(), null, state));
    }

    private Replica replica(ReplicaSpec spec) {
        return new Replica(spec.uuid(), spec, view.state(spec).orElse(null));
    }

    private static boolean visible(Replica replica) {
        ReplicaSpec spec = replica.spec();
        return spec == null || ReplicaBook.visible(spec);
    }

    Replica replica(ReplicaId replica) {
        return view.replicas()
                .value(replica)
                .map(this::replica)
                .or(() -> view.seen().replica(replica).stream()
                        .findFirst()
                        .map(state -> new Replica(replica, null, state)))
                .filter(Inventory::visible)
                .orElseThrow(
                        () -> new Refusal.NotFound("there is no replica " + replica, "list the replicas").exception());
    }
}
