package io.orlop.scheduler.placement;

import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import io.orlop.model.PoolId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds a pool for each replica: the best ones that the rules allow together.
///
/// ```
///   pools ──► rules of nodes ──► rules of pools ──► ranking ──► the first combination that goes together
///                 │                   │
///                 └── refused: why ───┘
/// ```
///
/// The best pools may not go together where replicas must spread over zones or keep to one rack. So the search takes
/// the best pool, looks for company for it among the worse ones, and tries the next where there is none.
public final class PlacementPolicy {
    /// Combinations looked at before the search gives up: unsatisfiable wishes over many pools are not worth more.
    private static final int PATIENCE = 20_000;

    private final List<Rule> rules;
    private final List<Rule> roomRules;
    private final List<Rule> allButLeft;

    public PlacementPolicy(Commitment commitment) {
        this.rules = Stream.concat(NodeRules.ALL.stream(), PoolRules.all(commitment).stream())
                .toList();
        this.roomRules = PoolRules.room(commitment);
        this.allButLeft = Stream.of(NodeRules.ALL, PoolRules.itself(), PoolRules.wishes())
                .flatMap(List::stream)
                .toList();
    }

    public Placement place(PlacementRequest request, List<Candidate> pools) {
        List<Candidate> allowed = pools.stream()
                .filter(pool -> refusal(request, request.present(), pool) == null)
                .toList();
        var search = new Search(request, Ranking.bestFirst(request, allowed));
        List<Candidate> found = search.run();
        if (found.size() == request.count()) return new Placement.Placed(found);
        return refused(request, pools, found);
    }

    /// Whether a replica of this size may go into this very pool, chosen by hand.
    ///
    /// @return why not, or `null`
    public @Nullable String refusalByHand(PlacementRequest request, Candidate pool) {
        return first(roomRules, request, List.of(), pool);
    }

    private Placement refused(PlacementRequest request, List<Candidate> pools, List<Candidate> found) {
        List<Site> taken = together(request.present(), found);
        var reasons = new TreeMap<PoolId, String>();
        for (Candidate pool : pools) {
            String alone = refusal(request, request.present(), pool);
            String why = alone == null ? refusal(request, taken, pool) : alone;
            reasons.put(pool.pool(), why == null || found.contains(pool) ? "it can hold one" : why);
        }
        return new Placement.Refused(request, found.size(), reasons, full(request, pools));
    }

    private List<Candidate> full(PlacementRequest request, List<Candidate> pools) {
        return pools.stream()
                .filter(pool -> first(allButLeft, request, request.present(), pool) == null)
                .filter(pool -> refusal(request, request.present(), pool) != null)
                .sorted(Comparator.comparing((Candidate pool) ->
                                pool.room() == null ? Bytes.ZERO : pool.room().free())
                        .reversed()
                        .thenComparing(Candidate::pool))
                .toList();
    }

    private @Nullable String refusal(PlacementRequest request, List<Site> taken, Candidate pool) {
        return first(rules, request, taken, pool);
    }

    private static @Nullable String first(
            List<Rule> rules, PlacementRequest request, List<Site> taken, Candidate pool) {
        for (Rule rule : rules) {
            String why = rule.refusal(request, taken, pool);
            if (why != null) return why;
        }
        return null;
    }

    private static List<Site> together(List<Site> present, List<Candidate> chosen) {
        return Stream.concat(present.stream(), chosen.stream().map(Candidate::site))
                .toList();
    }

    private final class Search {
        private final PlacementRequest request;
        private final List<Candidate> ranked;
        private final List<Candidate> chosen = new ArrayList<>();
        private List<Candidate> longest = List.of();
        private int patience = PATIENCE;

        Search(PlacementRequest request, List<Candidate> ranked) {
            this.request = request;
            this.ranked = ranked;
        }

        /// @return as many as asked for, or the most that go together
        List<Candidate> run() {
            extend(0);
            return longest;
        }

        private boolean extend(int from) {
            if (chosen.size() > longest.size()) longest = List.copyOf(chosen);
            if (chosen.size() == request.count()) return true;
            List<Site> taken = together(request.present(), chosen);
            for (int i = from; i < ranked.size() && patience > 0; i++) {
                patience--;
                Candidate pool = ranked.get(i);
                if (refusal(request, taken, pool) != null) continue;
                chosen.add(pool);
                if (extend(i + 1)) return true;
                chosen.removeLast();
            }
            return false;
        }
    }
}
