package io.orlop.scheduler.placement;

import io.orlop.model.Bytes;
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
        return List.of(
                PoolRules::noRoomForThick,
                (request, _, pool) -> noRoomForThin(commitment, request, pool),
                (request, _, pool) -> overCommitted(commitment, request, pool));
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

    private static @Nullable String noRoomForThick(PlacementRequest request, List<Site> taken, Candidate pool) {
        Room room = pool.room();
        if (room == null || request.thin()) return null;
        Bytes needed = room.occupied(request.size());
        return room.free().atLeast(needed) ? null : "it has %s free and needs %s".formatted(room.free(), needed);
    }

    private static @Nullable String noRoomForThin(Commitment commitment, PlacementRequest request, Candidate pool) {
        Room room = pool.room();
        if (room == null || !request.thin()) return null;
        Bytes initial = commitment.initial(request.size());
        Bytes needed = initial.moreThan(commitment.slack()) ? initial : commitment.slack();
        return room.free().moreThan(needed)
                ? null
                : "it has %s free and a thin replica needs more than %s".formatted(room.free(), needed);
    }

    private static @Nullable String overCommitted(Commitment commitment, PlacementRequest request, Candidate pool) {
        Room room = pool.room();
        if (room == null || !request.thin()) return null;
        Bytes promised = room.committed().plus(room.occupied(request.size()));
        Bytes limit = commitment.limit(room.capacity());
        return limit.moreThan(promised)
                ? null
                : "it would promise %s, and may promise less than %s, %d%% of its capacity"
                        .formatted(promised, limit, commitment.poolPercent());
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
