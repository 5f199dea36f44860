package io.orlop.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolStatus;
import io.orlop.model.Room;
import io.orlop.model.Topology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementPropertyTest {
    private static final PlacementPolicy POLICY = new PlacementPolicy(Commitment.DEFAULT);

    private final Random random = new Random();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void rankingDoesNotDependOnTheOrderOfThePools(long seed) {
        random.setSeed(seed);
        for (int round = 0; round < 200; round++) {
            var pools = new ArrayList<>(pools());
            PlacementRequest request = request();
            List<Candidate> ranked = Ranking.bestFirst(request, pools);
            Collections.shuffle(pools, random);
            assertThat(Ranking.bestFirst(request, pools)).isEqualTo(ranked);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aPoolWithMoreRoomAndNothingWorseIsNeverRankedLower(long seed) {
        random.setSeed(seed);
        for (int round = 0; round < 200; round++) {
            var pools = new ArrayList<>(pools());
            Candidate some = pools.get(random.nextInt(pools.size()));
            Room room = some.room();
            if (room == null || room.status() != PoolStatus.ONLINE) continue;
            var freer = new Candidate(
                    new Site(new PoolId("zz"), some.node(), some.site().nodeLabels(), Map.of()),
                    true,
                    false,
                    true,
                    new Room(
                            room.status(),
                            room.capacity(),
                            room.free().plus(Bytes.gib(1)),
                            room.committed(),
                            Bytes.mib(4)),
                    some.replicas(),
                    some.neighbours());
            pools.add(freer);
            List<Candidate> ranked = Ranking.bestFirst(request(), pools);
            assertThat(ranked.indexOf(freer)).isLessThan(ranked.indexOf(some));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void findsPoolsExactlyWhereThereAreSome(long seed) {
        random.setSeed(seed);
        for (int round = 0; round < 200; round++) {
            List<Candidate> pools = pools();
            PlacementRequest request = request();
            int most = mostTogether(request, pools, 0, List.of());
            switch (POLICY.place(request, pools)) {
                case Placement.Placed(var placed) -> {
                    assertThat(placed).hasSize(request.count());
                    assertThat(placed.stream().map(Candidate::node).distinct()).hasSize(request.count());
                    assertThat(most).isEqualTo(request.count());
                }
                case Placement.Refused(var refused, int placeable, var reasons, var _) -> {
                    assertThat(placeable).isEqualTo(most).isLessThan(refused.count());
                    assertThat(reasons.keySet())
                            .containsExactlyInAnyOrderElementsOf(
                                    pools.stream().map(Candidate::pool).toList());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theLargestReplicaThatAPoolIsSaidToTakeIsTakenAndNoLargerOne(long seed) {
        random.setSeed(seed);
        for (int round = 0; round < 200; round++) {
            for (Candidate pool : pools()) {
                boolean thin = random.nextBoolean();
                Bytes largest = Commitment.DEFAULT.largest(Objects.requireNonNull(pool.room()), thin);
                if (!largest.isZero()) assertThat(refusal(largest, thin, pool)).isNull();
                assertThat(refusal(largest.plus(Bytes.mib(4)), thin, pool)).isNotNull();
            }
        }
    }

    private static @Nullable String refusal(Bytes size, boolean thin, Candidate pool) {
        return POLICY.refusalByHand(Bench.request(1, size, thin, Topology.ANYWHERE), pool);
    }

    /// Looks at every combination.
    private int mostTogether(PlacementRequest request, List<Candidate> pools, int from, List<Candidate> chosen) {
        if (chosen.size() == request.count()) return chosen.size();
        int most = chosen.size();
        List<Site> taken = chosen.stream().map(Candidate::site).toList();
        for (int i = from; i < pools.size(); i++) {
            Candidate pool = pools.get(i);
            boolean allowed = NodeRules.ALL.stream().allMatch(rule -> rule.refusal(request, taken, pool) == null)
                    && PoolRules.all(Commitment.DEFAULT).stream()
                            .allMatch(rule -> rule.refusal(request, taken, pool) == null);
            if (!allowed) continue;
            var more = new ArrayList<>(chosen);
            more.add(pool);
            most = Math.max(most, mostTogether(request, pools, i + 1, more));
        }
        return most;
    }

    private PlacementRequest request() {
        int count = 1 + random.nextInt(3);
        Topology.Nodes nodes =
                switch (random.nextInt(4)) {
                    case 0 -> new Topology.Nodes.Labelled(Map.of(), Map.of("zone", ""), List.of());
                    case 1 -> new Topology.Nodes.Labelled(Map.of(), Map.of(), List.of("rack"));
                    case 2 -> new Topology.Nodes.Labelled(Map.of(), Map.of("zone", ""), List.of("rack"));
                    default -> new Topology.Nodes.Any();
                };
        return Bench.request(count, Bytes.mib(1 + random.nextInt(1200)), random.nextBoolean(), Bench.onNodes(nodes));
    }

    private List<Candidate> pools() {
        var pools = new ArrayList<Candidate>();
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            int node = random.nextInt(5);
            var site = new Site(
                    new PoolId("pool-" + i),
                    new NodeId("node-" + node),
                    Map.of("zone", "z" + node % 3, "rack", "r" + node % 2),
                    Map.of());
            var room = new Room(
                    PoolStatus.values()[random.nextInt(PoolStatus.values().length)],
                    Bytes.mib(1024),
                    Bytes.mib(random.nextInt(1024)),
                    Bytes.mib(random.nextInt(2048)),
                    Bytes.mib(4));
            pools.add(new Candidate(
                    site, random.nextInt(8) > 0, random.nextInt(8) == 0, true, room, random.nextInt(40), List.of()));
        }
        return pools;
    }
}
