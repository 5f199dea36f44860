package io.orlop.scheduler.placement;

import static io.orlop.scheduler.placement.Bench.clusters;
import static io.orlop.scheduler.placement.Bench.cordoned;
import static io.orlop.scheduler.placement.Bench.holding;
import static io.orlop.scheduler.placement.Bench.labelled;
import static io.orlop.scheduler.placement.Bench.offline;
import static io.orlop.scheduler.placement.Bench.onNodes;
import static io.orlop.scheduler.placement.Bench.place;
import static io.orlop.scheduler.placement.Bench.pool;
import static io.orlop.scheduler.placement.Bench.request;
import static io.orlop.scheduler.placement.Bench.room;
import static io.orlop.scheduler.placement.Bench.thick;
import static io.orlop.scheduler.placement.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import io.orlop.model.NodeId;
import io.orlop.model.PoolStatus;
import io.orlop.model.Topology;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacementPolicyTest {
    private static final VolumeId NEIGHBOUR = VolumeId.of("00000000-0000-4000-8000-000000000001");
    private static final AffinityGroupId GROUP = new AffinityGroupId("group");

    @Test
    void placesReplicasOnDistinctNodes() {
        assertThat(place(
                        thick(2, Bytes.mib(64)),
                        pool("pool-1", "node-1"),
                        pool("pool-2", "node-1"),
                        pool("pool-3", "node-2")))
                .isEqualTo("pool-1 on node-1\npool-3 on node-2");
    }

    @Test
    void prefersThePoolWithMoreRoom() {
        assertThat(place(
                        thick(1, Bytes.mib(64)),
                        pool("pool-1", "node-1", Bytes.mib(100)),
                        pool("pool-2", "node-2", Bytes.mib(900))))
                .isEqualTo("pool-2 on node-2");
    }

    @Test
    void prefersThePoolWithFewerReplicas() {
        assertThat(place(
                        thick(1, Bytes.mib(64)),
                        holding(pool("pool-1", "node-1"), 3, List.of()),
                        pool("pool-2", "node-2", Bytes.mib(800))))
                .isEqualTo("pool-2 on node-2");
    }

    @Test
    void prefersAHealthyPoolToAFreeOne() {
        assertThat(place(
                        thick(1, Bytes.mib(64)),
                        with(pool("pool-1", "node-1"), room(PoolStatus.DEGRADED, Bytes.mib(900), Bytes.ZERO)),
                        pool("pool-2", "node-2", Bytes.mib(100))))
                .isEqualTo("pool-2 on node-2");
    }

    @Test
    void saysForEveryPoolWhyNot() {
        assertThat(place(
                        thick(3, Bytes.mib(64)),
                        pool("pool-1", "node-1"),
                        pool("pool-2", "node-1"),
                        cordoned(pool("pool-3", "node-3")),
                        offline(pool("pool-4", "node-4")),
                        with(pool("pool-5", "node-5"), room(PoolStatus.FAULTED, Bytes.gib(1), Bytes.ZERO)),
                        pool("pool-6", "node-6", Bytes.mib(60)),
                        with(pool("pool-7", "node-7"), null)))
                .isEqualTo(
                        """
                        1 of 3
                        pool-1: it can hold one
                        pool-2: its node node-1 holds another replica of this volume
                        pool-3: its node node-3 is cordoned
                        pool-4: its node node-4 is not online
                        pool-5: it is faulted
                        pool-6: it has 60 MiB free and needs 64 MiB
                        pool-7: its node node-7 does not report it""");
    }

    @Test
    void namesThePoolsInTheRefusal() {
        var placement = new PlacementPolicy(Commitment.DEFAULT)
                .place(thick(1, Bytes.gib(10)), List.of(pool("pool-1", "node-1")));
        assertThat(((Placement.Refused) placement).refusal().text())
                .isEqualTo("volume v needs a replica of 10 GiB and none can be placed"
                        + " (pool-1: it has a capacity of 1 GiB):"
                        + " add pools on other nodes, free capacity, or ask for less");
    }

    @Test
    void saysThatThereAreNoPools() {
        var placement = new PlacementPolicy(Commitment.DEFAULT).place(thick(2, Bytes.gib(1)), List.of());
        assertThat(((Placement.Refused) placement).refusal().text())
                .startsWith("volume v needs 2 replicas of 1 GiB and none can be placed (there are no pools)");
    }

    @Test
    void countsWholeClusters() {
        assertThat(place(thick(1, Bytes.of(1 + (8 << 20))), pool("pool-1", "node-1", Bytes.mib(10))))
                .isEqualTo("0 of 1\npool-1: it has 10 MiB free and needs 12 MiB");
    }

    @Test
    void keepsToTheAllowedNodes() {
        var topology = onNodes(new Topology.Nodes.Explicit(List.of(new NodeId("node-2")), List.of()));
        assertThat(place(
                        request(2, Bytes.mib(64), false, topology), pool("pool-1", "node-1"), pool("pool-2", "node-2")))
                .isEqualTo(
                        """
                        1 of 2
                        pool-1: its node node-1 is not among the allowed nodes [node-2]
                        pool-2: it can hold one""");
    }

    @Test
    void followsThePreferredNodes() {
        var topology = onNodes(new Topology.Nodes.Explicit(List.of(), List.of(new NodeId("node-2"))));
        assertThat(place(
                        request(1, Bytes.mib(64), false, topology),
                        pool("pool-1", "node-1"),
                        pool("pool-2", "node-2", Bytes.mib(100))))
                .isEqualTo("pool-2 on node-2");
    }

    @Test
    void asksForLabels() {
        var topology = onNodes(new Topology.Nodes.Labelled(Map.of("disk", "ssd", "gpu", ""), Map.of(), List.of()));
        assertThat(place(
                        request(2, Bytes.mib(64), false, topology),
                        labelled(pool("pool-1", "node-1"), Map.of("disk", "ssd", "gpu", "a100"), Map.of()),
                        labelled(pool("pool-2", "node-2"), Map.of("disk", "hdd", "gpu", "a100"), Map.of()),
                        labelled(pool("pool-3", "node-3"), Map.of("disk", "ssd"), Map.of())))
                .isEqualTo(
                        """
                        1 of 2
                        pool-1: it can hold one
                        pool-2: its node node-2 has the label disk=hdd and not ssd
                        pool-3: its node node-3 has no label gpu""");
    }

    @Test
    void spreadsOverZones() {
        var topology = onNodes(new Topology.Nodes.Labelled(Map.of(), Map.of("zone", ""), List.of()));
        assertThat(place(
                        request(2, Bytes.mib(64), false, topology),
                        labelled(pool("pool-1", "node-1"), Map.of("zone", "a"), Map.of()),
                        labelled(pool("pool-2", "node-2"), Map.of("zone", "a"), Map.of()),
                        labelled(pool("pool-3", "node-3", Bytes.mib(100)), Map.of("zone", "b"), Map.of())))
                .isEqualTo("pool-1 on node-1\npool-3 on node-3");
    }

    @Test
    void takesAWorsePoolWhereTheBestFindsNoCompany() {
        var topology = onNodes(new Topology.Nodes.Labelled(Map.of(), Map.of(), List.of("rack")));
        assertThat(place(
                        request(2, Bytes.mib(64), false, topology),
                        labelled(pool("pool-1", "node-1"), Map.of("rack", "1"), Map.of()),
                        labelled(pool("pool-2", "node-2", Bytes.mib(500)), Map.of("rack", "2"), Map.of()),
                        labelled(pool("pool-3", "node-3", Bytes.mib(400)), Map.of("rack", "2"), Map.of())))
                .isEqualTo("pool-2 on node-2\npool-3 on node-3");
    }

    @Test
    void asksForLabelsOfPools() {
        var topology = new Topology(
                new Topology.Nodes.Any(), new Topology.Pools.Labelled(Map.of("tier", "hot"), Map.of(), List.of()));
        assertThat(place(
                        request(1, Bytes.mib(64), false, topology),
                        pool("pool-1", "node-1"),
                        labelled(pool("pool-2", "node-2"), Map.of(), Map.of("tier", "hot"))))
                .isEqualTo("pool-2 on node-2");
    }

    @Test
    void asksForAClusterSize() {
        var shape = VolumeShape.of(Bytes.mib(64), 2).withClusterSize(Bytes.mib(8));
        Candidate[] pools = {
            clusters(pool("pool-1", "node-1"), Bytes.mib(4)),
            clusters(pool("pool-2", "node-2"), Bytes.mib(8)),
            clusters(pool("pool-3", "node-3"), Bytes.mib(16)),
            clusters(pool("pool-4", "node-4"), Bytes.ZERO),
            with(pool("pool-5", "node-5"), null)
        };
        assertThat(place(request(1, shape), pools)).isEqualTo("pool-2 on node-2");
        assertThat(place(request(2, shape), pools))
                .isEqualTo(
                        """
                        1 of 2
                        pool-1: it has a cluster size of 4 MiB and not 8 MiB
                        pool-2: it can hold one
                        pool-3: it has a cluster size of 16 MiB and not 8 MiB
                        pool-4: it does not say its cluster size, which must be 8 MiB
                        pool-5: its node node-5 does not report it""");
    }

    @Test
    void takesPoolsOfDifferentClusterSizesWhereNoneIsAskedFor() {
        assertThat(place(
                        thick(2, Bytes.mib(64)),
                        clusters(pool("pool-1", "node-1"), Bytes.mib(4)),
                        clusters(pool("pool-2", "node-2"), Bytes.mib(16))))
                .isEqualTo("pool-1 on node-1\npool-2 on node-2");
    }

    @Test
    void nobodyIsAskedForRoomInAPoolOfAnotherClusterSize() {
        var full = clusters(pool("pool-1", "node-1", Bytes.mib(16)), Bytes.mib(4));
        var shape = VolumeShape.of(Bytes.mib(64), 1);
        assertThat(fullPools(request(1, shape), full)).containsExactly(full);
        assertThat(fullPools(request(1, shape.withClusterSize(Bytes.mib(8))), full))
                .isEmpty();
    }

    private static List<Candidate> fullPools(PlacementRequest request, Candidate pool) {
        return ((Placement.Refused) new PlacementPolicy(Commitment.DEFAULT).place(request, List.of(pool))).full();
    }

    @Test
    void letsThinReplicasPromiseMoreThanThereIs() {
        var full = with(pool("pool-1", "node-1"), room(PoolStatus.ONLINE, Bytes.mib(400), Bytes.gib(1)));
        assertThat(place(request(1, Bytes.mib(900), true, Topology.ANYWHERE), full))
                .isEqualTo("pool-1 on node-1");
    }

    @Test
    void keepsThinReplicasWithinTheCommitment() {
        var promised = with(pool("pool-1", "node-1"), room(PoolStatus.ONLINE, Bytes.mib(900), Bytes.gib(2)));
        var short_ = with(pool("pool-2", "node-2"), room(PoolStatus.ONLINE, Bytes.mib(300), Bytes.ZERO));
        var empty = with(pool("pool-3", "node-3"), room(PoolStatus.ONLINE, Bytes.mib(16), Bytes.ZERO));
        assertThat(place(request(1, Bytes.mib(800), true, Topology.ANYWHERE), promised, short_, empty))
                .isEqualTo(
                        """
                        0 of 1
                        pool-1: it would promise 2848 MiB, and may promise less than 2560 MiB, 250% of its capacity
                        pool-2: it has 300 MiB free and a thin replica needs more than 320 MiB
                        pool-3: it has 16 MiB free and a thin replica needs more than 320 MiB""");
    }

    @Test
    void keepsSingleReplicasOfAGroupApart() {
        var grouped = request(1, VolumeShape.of(Bytes.mib(64), 1).withAffinityGroup(GROUP));
        assertThat(place(grouped, holding(pool("pool-1", "node-1"), 1, List.of(NEIGHBOUR))))
                .isEqualTo("0 of 1\npool-1: its node node-1 holds a replica of volume " + NEIGHBOUR
                        + " of the same affinity group");
    }

    @Test
    void letsMirroredVolumesOfAGroupShareANodeOnlyIfTheyMust() {
        var grouped = request(2, VolumeShape.of(Bytes.mib(64), 2).withAffinityGroup(GROUP));
        assertThat(place(
                        grouped,
                        holding(pool("pool-1", "node-1"), 1, List.of(NEIGHBOUR)),
                        holding(pool("pool-2", "node-2"), 1, List.of()),
                        holding(pool("pool-3", "node-3"), 1, List.of())))
                .isEqualTo("pool-2 on node-2\npool-3 on node-3");
        assertThat(place(
                        grouped,
                        holding(pool("pool-1", "node-1"), 1, List.of(NEIGHBOUR)),
                        holding(pool("pool-2", "node-2"), 1, List.of())))
                .isEqualTo("pool-2 on node-2\npool-1 on node-1");
    }
}
