package io.orlop.scheduler.placement;

import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import io.orlop.model.Room;
import io.orlop.model.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the pool itself must be, and must have.
final class PoolRules {
    private PoolRules() {}

    static List<Rule> all(Commitment commitment) {
        var rules = new ArrayList<>(room(commitment));
        rules.addAll(wishes());
        return List.copyOf(rules);
    }

    /// What the volume and the attempts before ask.
    static List<Rule> wishes() {
        return List.of(PoolRules::labels, PoolRules::clusterSize, PoolRules::failed);
    }

    /// Without what a volume asks: for a replica made by hand.
    static List<Rule> room(Commitment commitment) {
        var rules = new ArrayList<>(itself());
        rules.addAll(left(commitment));
        return List.copyOf(rules);
    }

    /// What no time and no deletion of others changes soon.
    static List<Rule> itself() {
        return List.of(PoolRules::unfinished, PoolRules::unreported, PoolRules::unhealthy, PoolRules::tooSmall);
    }

    /// What is left in it: another matter as soon as something is freed.
    static List<Rule> left(Commitment commitment) {
        return List.of((request, _, pool) ->
                pool.room() == null ? null : commitment.refusal(pool.room(), request.size(), request.thin()));
    }

    private static @Nullable String unfinished(PlacementRequest request, List<Site> taken, Candidate pool) {
        return pool.usable() ? null : "it is being created or deleted";
    }

    private static @Nullable String unreported(PlacementRequest request, List<Site> taken, Candidate pool) {
        return pool.room() == null ? "its node %s does not report it".formatted(pool.node()) : null;
    }

    private static @Nullable String unhealthy(PlacementRequest request, List<Site> taken, Candidate pool) {
        Room room = pool.room();
        return room == null || room.usable()
                ? null
                : "it is " + room.status().name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String tooSmall(PlacementRequest request, List<Site> taken, Candidate pool) {
        Room room = pool.room();
        return room == null || room.capacity().atLeast(room.occupied(request.size()))
                ? null
                : "it has a capacity of " + room.capacity();
    }

    private static @Nullable String labels(PlacementRequest request, List<Site> taken, Candidate pool) {
        return switch (request.topology().pools()) {
            case Topology.Pools.Any _ -> null;
            case Topology.Pools.Labelled(var inclusion, var exclusion, var affinityKeys) ->
                new Labels("it", inclusion, exclusion.keySet(), affinityKeys)
                        .refusal(
                                pool.site().poolLabels(),
                                taken.stream().map(Site::poolLabels).toList());
        };
    }

    private static @Nullable String clusterSize(PlacementRequest request, List<Site> taken, Candidate pool) {
        Bytes wanted = request.shape().clusterSize();
        Room room = pool.room();
        if (wanted == null || room == null || request.shape().allowsClustersOf(room.clusterSize())) return null;
        return room.clusterSize().isZero()
                ? "it does not say its cluster size, which must be " + wanted
                : "it has a cluster size of %s and not %s".formatted(room.clusterSize(), wanted);
    }

    private static @Nullable String failed(PlacementRequest request, List<Site> taken, Candidate pool) {
        String said = request.failed().get(pool.pool());
        return said == null ? null : "it was tried and failed: " + said;
    }
}
