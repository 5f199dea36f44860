package io.orlop.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DifferencesTest {
    private static final VolumeShape SHAPE = VolumeShape.of(Bytes.gib(1), 2);

    @Test
    void saysWhatDiffersAndNothingElse() {
        var other = SHAPE.withSize(Bytes.gib(2))
                .withPolicy(new VolumePolicy(false))
                .withAffinityGroup(new AffinityGroupId("shop"));

        assertThat(Differences.between(SHAPE, other))
                .containsExactly(
                        "its size is 1 GiB and not 2 GiB",
                        "its policy.self_heal is true and not false",
                        "its affinity_group is unset and not shop");
        assertThat(Differences.text(SHAPE, SHAPE)).isEmpty();
    }

    @Test
    void severalThingsAreAndOneIs() {
        assertThat(Differences.text(SHAPE, SHAPE.withLabels(Map.of("a", "b"))))
                .isEqualTo("its labels are {} and not {a=b}");
    }

    @Test
    void choicesAreComparedAsAWhole() {
        var nodes = new Topology.Nodes.Explicit(List.of(new NodeId("n1")), List.of());

        assertThat(Differences.between(SHAPE, SHAPE.withTopology(new Topology(nodes, new Topology.Pools.Any()))))
                .singleElement()
                .asString()
                .startsWith("its topology.nodes is Any[] and not Explicit[allowed=[n1]");
    }
}
