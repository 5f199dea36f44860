package io.orlop.scheduler.placement;

import io.orlop.model.PoolStatus;
import io.orlop.model.Room;
import io.orlop.model.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/// Sorts pools, best first. Every pool gets one number, made of what it has in proportion to the most that any pool of
/// the list has: numbers are a total order, which comparing pools in pairs is not.
///
/// ```
///                         thick   thick, group   thin   thin, group
///   group's replicas                   15                   10          on the pool's node, fewer is better
///   replicas in the pool    40         25         25        15          fewer is better
///   free                    60         60         40        40          more is better
///   promised of capacity                          35        35          less is better
/// ```
///
/// Before the number comes health, then the user's preference for a node; after it the name.
final class Ranking {
    private static final long FULL = 10_000;

    private record Weights(int neighbours, int replicas, int free, int promised) {
        static Weights of(PlacementRequest request) {
            boolean grouped = request.grouped() && request.total() > 1;
            if (request.thin()) return grouped ? new Weights(10, 15, 40, 35) : new Weights(0, 25, 40, 35);
            return grouped ? new Weights(15, 25, 60, 0) : new Weights(0, 40, 60, 0);
        }
    }

    private record Ranked(Candidate pool, int health, int preference, long score) {}

    private static final Comparator<Ranked> BEST_FIRST = Comparator.comparingInt(Ranked::health)
            .thenComparingInt(Ranked::preference)
            .thenComparing(Comparator.comparingLong(Ranked::score).reversed())
            .thenComparing(ranked -> ranked.pool().pool());

    private Ranking() {}

    static List<Candidate> bestFirst(PlacementRequest request, List<Candidate> pools) {
        Weights weights = Weights.of(request);
        long neighbours = most(pools, pool -> pool.neighbours().size());
        long replicas = most(pools, Candidate::replicas);
        long free = most(pools, Ranking::free);
        long promised = most(pools, Ranking::promised);
        var ranked = new ArrayList<Ranked>();
        for (Candidate pool : pools) {
            long score = weights.neighbours() * less(pool.neighbours().size(), neighbours)
                    + weights.replicas() * less(pool.replicas(), replicas)
                    + weights.free() * more(free(pool), free)
                    + weights.promised() * less(promised(pool), promised);
            ranked.add(new Ranked(pool, health(pool), preference(request, pool), score));
        }
        ranked.sort(BEST_FIRST);
        return ranked.stream().map(Ranked::pool).toList();
    }

    private static long most(List<Candidate> pools, ToLongFunction<Candidate> value) {
        return pools.stream().mapToLong(value).max().orElse(0);
    }

    private static long more(long value, long most) {
        return most == 0 ? FULL : Math.round((double) FULL * value / most);
    }

    private static long less(long value, long most) {
        return most == 0 ? FULL : FULL - more(value, most);
    }

    private static long free(Candidate pool) {
        Room room = pool.room();
        return room == null ? 0 : room.free().count();
    }

    private static long promised(Candidate pool) {
        Room room = pool.room();
        return room == null ? 0 : room.committedPerMille();
    }

    private static int health(Candidate pool) {
        Room room = pool.room();
        return room != null && room.status() == PoolStatus.ONLINE ? 0 : 1;
    }

    private static int preference(PlacementRequest request, Candidate pool) {
        return request.topology().nodes() instanceof Topology.Nodes.Explicit explicit
                        && explicit.preferred().contains(pool.node())
                ? 0
                : 1;
    }
}
