package io.orlop.wire.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.AnaState;
import io.orlop.model.Bytes;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.SpecStatus;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeState;
import io.orlop.model.VolumeStatus;
import io.orlop.wire.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PageTest {
    private final SortedMap<Integer, Integer> numbers = new TreeMap<>();

    @Test
    void aWalkByKeysMissesNothingThatStays() {
        for (int i = 0; i < 3 * Page.MOST; i++) numbers.put(i, i);
        Stream<Integer> walk = Pages.<Integer, Integer>all(
                (after, most) -> {
                    Page<Integer> page =
                            Page.of(numbers.tailMap(after == null ? 0 : after + 1).values().stream(), most);
                    // What was listed is taken away while the walk goes on.
                    page.entries().stream().filter(number -> number % 2 == 0).forEach(numbers::remove);
                    return page;
                },
                number -> number);

        assertThat(walk).hasSize(3 * Page.MOST);
    }

    @Test
    void aPageIsFullOrTheLast() {
        assertThat(Page.of(Stream.of(1, 2, 3), 3)).isEqualTo(new Page<>(List.of(1, 2, 3), false));
        assertThat(Page.of(Stream.of(1, 2, 3), 2)).isEqualTo(new Page<>(List.of(1, 2), true));
        assertThat(Page.of(Stream.empty(), 2)).isEqualTo(new Page<>(List.of(), false));
        for (int senseless : new int[] {-1, 0, Page.MOST + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> Page.of(Stream.of(1), senseless)).hasMessageContaining("ask for 1 to 500");
        }
    }

    @Test
    void aPageFitsIntoAMessage() {
        Map<String, String> labels = new TreeMap<>();
        for (int i = 0; i < 64; i++) labels.put("p".repeat(253) + "/" + "n".repeat(60) + i, "v".repeat(63));
        Pool large = new Pool(
                new PoolId("pool"),
                new PoolSpec(new PoolId("pool"), new NodeId("n"), List.of("/dev/sda"), labels, SpecStatus.CREATED),
                null);

        Page<Pool> page = Page.of(Stream.generate(() -> large), Page.MOST);

        assertThat(page.more()).isTrue();
        assertThat(Json.mapper().writeValueAsBytes(page))
                .hasSizeLessThan(4 << 20)
                .hasSizeGreaterThan(1 << 20);
    }

    @Test
    void aPageOfVolumesOfManyCopiesFitsIntoAMessage() {
        Page<Volume> page = Page.of(Stream.generate(() -> served(16)), Page.MOST);

        assertThat(page.more()).isTrue();
        assertThat(Json.mapper().writeValueAsBytes(page))
                .hasSizeLessThan(4 << 20)
                .hasSizeGreaterThan(1 << 20);
    }

    private static Volume served(int copies) {
        var id = new VolumeId(new UUID(0, 1));
        var replicas = new TreeMap<ReplicaId, VolumeState.ReplicaTopology>();
        var children = new ArrayList<ChildState>();
        for (int i = 0; i < copies; i++) {
            var replica = new ReplicaId(new UUID(1, i));
            var child = new ChildState(
                    "nvmf://192.168.100.100:8420/nqn.2019-05.io.openebs:%s?uuid=%s".formatted(replica, replica),
                    ChildStatus.DEGRADED,
                    ChildReason.OUT_OF_SYNC,
                    50,
                    Instant.EPOCH);
            children.add(child);
            replicas.put(
                    replica,
                    new VolumeState.ReplicaTopology(
                            new NodeId("storage-node-" + i),
                            new PoolId("pool-on-storage-node-" + i),
                            ReplicaStatus.ONLINE,
                            child,
                            new ReplicaSpace(Bytes.gib(1), Bytes.gib(1), Bytes.mib(4), 256, 256)));
        }
        var target = new NexusState(
                new NexusId(new UUID(2, 2)),
                id.toString(),
                new NodeId("storage-node-1"),
                Bytes.gib(1),
                NexusStatus.DEGRADED,
                children,
                "nvmf+tcp://192.168.100.100:8420/nqn.2019-05.io.openebs:" + id,
                copies,
                AnaState.OPTIMIZED,
                List.of());
        var usage = new VolumeState.VolumeUsage(Bytes.gib(1), Bytes.gib(1), Bytes.gib(copies));
        return new Volume(
                VolumeSpec.promised(id, VolumeShape.of(Bytes.gib(1), copies)),
                new VolumeState(id, Bytes.gib(1), VolumeStatus.DEGRADED, target, replicas, usage));
    }

    @Test
    void whatCannotBeKeptIsRefusedBeforeItIsAskedFor() {
        var volume = new VolumeId(new UUID(0, 1));

        assertThatThrownBy(() -> new CreateVolume(volume, VolumeShape.of(Bytes.of(Long.MAX_VALUE), 1)))
                .hasMessageContaining(volume.toString())
                .hasMessageContaining("at most 1 PiB");
        assertThatThrownBy(() -> new CreateVolume(volume, VolumeShape.of(Bytes.gib(1), 17)))
                .hasMessageContaining("at most 16");
    }
}
