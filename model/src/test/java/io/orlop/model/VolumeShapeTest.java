package io.orlop.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeShapeTest {
    private static final VolumeShape SHAPE = VolumeShape.of(Bytes.gib(1), 2);

    @Test
    void asksForClustersThatPoolsCanHave() {
        assertThat(SHAPE.clusterSize()).isNull();
        assertThat(SHAPE.withClusterSize(Bytes.mib(32)).withNumReplicas(3).clusterSize())
                .isEqualTo(Bytes.mib(32));
        for (Bytes none : List.of(Bytes.ZERO, Bytes.mib(2), Bytes.mib(6), Bytes.of(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> SHAPE.withClusterSize(none))
                    .hasMessageContaining("a cluster size of %d bytes".formatted(none.count()))
                    .hasMessageContaining("ask for a multiple of 4 MiB");
        }
    }
}
