package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterMapTest {
    /// As arrays these would be 128 MiB each, and more than the heap together.
    @Test
    void aLargeThinVolumeTakesMemoryForWhatItHas() {
        List<ClusterMap> maps = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ClusterMap map = new ClusterMap(Geometry.CLUSTERS_MAX);
            map.assign(Geometry.CLUSTERS_MAX - 1, i, 1, 0);
            maps.add(map);
        }
        assertThat(maps).allMatch(map -> map.allocatedCount() == 1);
        assertThat(maps.get(7).get(Geometry.CLUSTERS_MAX - 1)).isEqualTo(7);
    }

    @Test
    void isReadBackAsItWasWritten() {
        ClusterMap map = new ClusterMap(20_000);
        for (int own : new int[] {0, 1, 4095, 4096, 12_288, 19_999}) map.assign(own, own / 2 + own % 2, 3, own);
        map.assign(2, 70, 3, -1);
        map.assign(3, 71, 3, -1);
        map.assign(4, 72, 4, -1);
        map.assign(5, 73, 4, 0);
        map.assign(6, 74, 4, 0);
        assertThat(map.release(1)).isEqualTo(1);
        assertThat(map.allocated(1)).isFalse();
        map.write(5, 0b1100);
        map.clear(2, 0b1);

        ClusterMap read = new ClusterMap(map.size());
        for (int span = 0; span < map.spans(); span++) read.decodeSpan(span, map.encodeSpan(span));

        assertThat(read.allocatedCount()).isEqualTo(10);
        for (int own = 0; own < map.size(); own++) {
            assertThat(read.get(own)).isEqualTo(map.get(own));
            assertThat(read.written(own)).isEqualTo(map.written(own));
            if (read.allocated(own)) assertThat(read.birth(own)).isEqualTo(map.birth(own));
        }
        List<Integer> onDisk = new ArrayList<>();
        read.forEachOnDisk(onDisk::add);
        assertThat(onDisk).containsExactly(0, 70, 71, 72, 73, 74, 2048, 2048, 6144, 10_000);
    }

    @Test
    void theMostFragmentedSpanIsNoLongerThanItMayBe() {
        ClusterMap map = new ClusterMap(ClusterMap.SPAN);
        for (int own = 0; own < ClusterMap.SPAN; own++)
            map.assign(own, Integer.MAX_VALUE - 1 - own * 2, Integer.MAX_VALUE, 5L << own);
        assertThat(map.encodeSpan(0).length).isLessThanOrEqualTo(ClusterMap.SPAN_BYTES_MAX);
        assertThat(ClusterMap.SPAN_BYTES_MAX).isLessThanOrEqualTo(Fact.VALUE_MAX);
    }
}
