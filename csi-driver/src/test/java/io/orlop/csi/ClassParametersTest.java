package io.orlop.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.Bytes;
import io.orlop.model.Topology;
import io.orlop.model.VolumeShape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClassParametersTest {
    @Test
    void aClassThatSaysNothingGetsOneThickReplicaAnywhere() {
        assertThat(ClassParameters.of(Map.of()))
                .isEqualTo(new ClassParameters(VolumeShape.of(SizeRange.UNSAID, 1), Map.of()));
    }

    @Test
    void aStatefulSetIsAGroup() {
        var parameters = ClassParameters.of(Map.of(
                "stsAffinityGroup", "true",
                "csi.storage.k8s.io/pvc/name", "data-db-12",
                "csi.storage.k8s.io/pvc/namespace", "shop"));

        assertThat(parameters.shape().affinityGroup()).isEqualTo(new AffinityGroupId("shop:data-db"));
    }

    @Test
    void poolsOfOneClusterSizeAreAskedForInBytes() {
        assertThat(ClassParameters.of(Map.of("clusterSize", "8388608")).shape().clusterSize())
                .isEqualTo(Bytes.mib(8));
        for (String wrong : List.of("8 MiB", "-4194304", "")) {
            assertThatThrownBy(() -> ClassParameters.of(Map.of("clusterSize", wrong)))
                    .hasMessageContaining("StorageClass parameter clusterSize is '%s'".formatted(wrong));
        }
        assertThatThrownBy(() -> ClassParameters.of(Map.of("clusterSize", "4194305")))
                .hasMessageContaining("a cluster size of 4194305 bytes");
    }

    @Test
    void labelsOfPoolsAndNodesSayWhereReplicasMayLive() {
        assertThat(topology("poolAffinityTopologyLabel", "disk: nvme\nzone: \"a\"\n")
                        .pools())
                .isEqualTo(new Topology.Pools.Labelled(Map.of("disk", "nvme", "zone", "a"), Map.of(), List.of()));
        assertThat(topology("poolHasTopologyKey", "disk").pools())
                .isEqualTo(new Topology.Pools.Labelled(Map.of("disk", ""), Map.of(), List.of()));
        assertThat(topology("poolAffinityTopologyKey", "rack").pools())
                .isEqualTo(new Topology.Pools.Labelled(Map.of(), Map.of(), List.of("rack")));
        assertThat(topology("nodeAffinityTopologyLabel", "zone: a").nodes())
                .isEqualTo(new Topology.Nodes.Labelled(Map.of("zone", "a"), Map.of(), List.of()));
        assertThat(topology("nodeSpreadTopologyKey", "zone").nodes())
                .isEqualTo(new Topology.Nodes.Labelled(Map.of(), Map.of("zone", ""), List.of()));
    }

    @Test
    void topologyParametersAreNotCombined() {
        assertThatThrownBy(() -> ClassParameters.of(Map.of("nodeHasTopologyKey", "zone", "poolHasTopologyKey", "disk")))
                .hasMessageContaining("nodeHasTopologyKey and poolHasTopologyKey");
        assertThat(ClassParameters.of(Map.of("poolAffinityTopologyKey", "rack", "poolHasTopologyKey", "disk"))
                        .shape()
                        .topology()
                        .pools())
                .isEqualTo(new Topology.Pools.Labelled(Map.of("disk", ""), Map.of(), List.of("rack")));
    }

    @Test
    void aLabelWithoutAValueIsRefused() {
        assertThatThrownBy(() -> topology("poolAffinityTopologyLabel", "disk"))
                .hasMessageContaining("poolAffinityTopologyLabel")
                .hasMessageContaining("'disk'");
        assertThatThrownBy(() -> topology("poolHasTopologyKey", "\n")).hasMessageContaining("at least one label");
    }

    private static Topology topology(String key, String lines) {
        return ClassParameters.of(Map.of(key, lines)).shape().topology();
    }
}
