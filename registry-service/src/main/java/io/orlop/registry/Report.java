package io.orlop.registry;

import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation.News;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What one instance of a node's agent said that the node has.
///
/// @param instance whose report it is: that of another does not count
record Report(
        @Nullable String instance,
        SortedMap<PoolId, PoolState> pools,
        SortedMap<ReplicaId, ReplicaState> replicas,
        SortedMap<NexusId, NexusState> nexuses) {

    static Report of(
            @Nullable String instance, List<PoolState> pools, List<ReplicaState> replicas, List<NexusState> nexuses) {
        return new Report(
                instance,
                byId(pools, PoolState::id),
                byId(replicas, ReplicaState::uuid),
                byId(nexuses, NexusState::uuid));
    }

    Report withNexuses(List<NexusState> nexuses) {
        return new Report(instance, pools, replicas, byId(nexuses, NexusState::uuid));
    }

    /// The same with the former report's own states where nothing has changed: most of a report is the one before, and
    /// what is held for as long as nothing changes is not to be held anew after every question.
    Report after(@Nullable Report before) {
        if (before == null) return this;
        return new Report(
                instance, kept(before.pools, pools), kept(before.replicas, replicas), kept(before.nexuses, nexuses));
    }

    private static <K extends Comparable<K>, S> SortedMap<K, S> kept(SortedMap<K, S> before, SortedMap<K, S> now) {
        now.replaceAll((key, state) -> {
            S known = before.get(key);
            return state.equals(known) ? known : state;
        });
        return now;
    }

    private static <K extends Comparable<K>, S> SortedMap<K, S> byId(List<S> states, Function<S, K> id) {
        var sorted = new TreeMap<K, S>();
        states.forEach(state -> sorted.put(id.apply(state), state));
        return sorted;
    }

    /// How many things it names.
    int size() {
        return pools.size() + replicas.size() + nexuses.size();
    }

    /// What is told to whoever knows the report before: no more than what differs.
    ///
    /// A pool comes before its replicas, so that a reader who stops in between thinks of the pool as too full
    /// rather than too empty.
    ///
    /// @param before `null` where nothing is known
    List<News> since(@Nullable Report before, NodeId node) {
        if (before == this) return List.of();
        var news = new ArrayList<News>();
        differences(
                news, before == null ? Map.of() : before.pools, pools, Report::pool, pool -> Fact.Pool.id(node, pool));
        differences(
                news,
                before == null ? Map.of() : before.replicas,
                replicas,
                Report::replica,
                replica -> Fact.Replica.id(node, replica));
        differences(
                news,
                before == null ? Map.of() : before.nexuses,
                nexuses,
                (_, now) -> new Fact.Nexus(now),
                nexus -> Fact.Nexus.id(node, nexus));
        return news;
    }

    private static <K extends Comparable<K>, S> void differences(
            List<News> news,
            Map<K, S> before,
            Map<K, S> now,
            BiFunction<@Nullable S, S, Fact> fact,
            Function<K, Fact.Id> id) {
        now.forEach((key, state) -> {
            S known = before.get(key);
            if (!state.equals(known)) news.add(new News.Seen(fact.apply(known, state)));
        });
        before.keySet().forEach(key -> {
            if (!now.containsKey(key)) news.add(new News.Gone(id.apply(key)));
        });
    }

    private static Fact pool(@Nullable PoolState before, PoolState now) {
        return before != null && now.sameButUsage(before)
                ? new Fact.PoolUsage(now.node(), now.id(), now.used(), now.committed())
                : new Fact.Pool(now);
    }

    private static Fact replica(@Nullable ReplicaState before, ReplicaState now) {
        return before != null && now.sameButUsage(before)
                ? new Fact.ReplicaUsage(now.node(), now.uuid(), now.space())
                : new Fact.Replica(now);
    }
}
