package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterMapTest {
    /// As arrays these would be 128 MiB each, and more than the heap together.
    @Test
    void aLargeThinVolumeTakesMemoryForWhatItHas() {
        List<ClusterMap> maps = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ClusterMap map = new ClusterMap(PoolHeader.CLUSTERS_MAX);
            map.assign(PoolHeader.CLUSTERS_MAX - 1, i);
            maps.add(map);
        }
        assertThat(maps).allMatch(map -> map.allocatedCount() == 1);
        assertThat(maps.get(7).get(PoolHeader.CLUSTERS_MAX - 1)).isEqualTo(7);
    }

    @Test
    void isReadBackAsItWasWritten() throws IOException {
        ClusterMap map = new ClusterMap(20_000);
        for (int own : new int[] {0, 1, 4095, 4096, 12_288, 19_999}) map.assign(own, own / 2 + own % 2);
        map.assign(2, 70);
        map.assign(3, 71);
        assertThat(map.release(1)).isEqualTo(1);
        assertThat(map.allocated(1)).isFalse();

        var bytes = new ByteArrayOutputStream();
        map.encode(new DataOutputStream(bytes));
        ClusterMap read = ClusterMap.decode(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

        assertThat(read.size()).isEqualTo(map.size());
        assertThat(read.allocatedCount()).isEqualTo(7);
        for (int own = 0; own < map.size(); own++) assertThat(read.get(own)).isEqualTo(map.get(own));
        List<Integer> onDisk = new ArrayList<>();
        read.forEachOnDisk(onDisk::add);
        assertThat(onDisk).containsExactly(0, 70, 71, 2048, 2048, 6144, 10_000);
    }
}
