package io.orlop.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.orlop.model.Bytes;
import io.orlop.model.Headroom;
import io.orlop.stubs.csi.v1.GetCapacityRequest;
import io.orlop.stubs.csi.v1.ListVolumesRequest;
import io.orlop.stubs.csi.v1.ListVolumesResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListingTest extends ServedDriver {
    ListingTest(@TempDir Path directory) throws IOException {
        super(directory);
    }

    @Test
    void listsVolumesInPagesAndWhoHasThem() {
        for (int i = 0; i < 7; i++)
            controller().createVolume(create("volume " + i).build());
        controller().createVolume(create(PVC_1).build());
        controller().controllerPublishVolume(publish(UUID_1, "node-1").build());

        var all = controller().listVolumes(ListVolumesRequest.getDefaultInstance());
        assertThat(all.getEntriesCount()).isEqualTo(8);
        assertThat(all.getNextToken()).isEmpty();
        assertThat(publishedNodes()).containsExactly("node-1");

        var first = list(3, "");
        var second = list(3, first.getNextToken());
        var third = list(3, second.getNextToken());
        assertThat(third.getNextToken()).isEmpty();
        assertThat(List.of(first, second, third).stream().flatMap(page -> ids(page).stream()))
                .containsExactlyElementsOf(ids(all));
    }

    @Test
    void leavesNoVolumeOutWhileOthersGo() {
        for (int i = 0; i < 8; i++)
            controller().createVolume(create("volume " + i).build());
        var first = list(4, "");

        controller().deleteVolume(delete(ids(first).getFirst()));
        assertThat(ids(list(0, first.getNextToken()))).hasSize(4).doesNotContainAnyElementsOf(ids(first));

        controller().deleteVolume(delete(ids(first).getLast()));
        assertThat(ids(list(0, first.getNextToken()))).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void refusesTokensOfOthers() {
        assertThat(status(() -> list(0, "garbage"))).isEqualTo(Status.Code.ABORTED);
        assertThat(status(() -> list(0, "1.------------------------------------")))
                .isEqualTo(Status.Code.ABORTED);
        assertThat(status(() -> list(-1, ""))).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> list(0, "7fffffff-ffff-4fff-bfff-ffffffffffff")))
                .isEqualTo(Status.Code.ABORTED);
        assertThat(list(Integer.MAX_VALUE, "").getNextToken()).isEmpty();
    }

    @Test
    void reportsWhatIsFree() {
        services.node("node-3", Bytes.gib(1), Bytes.gib(3));
        services.node("node-4", true, Map.of(), Bytes.gib(100));

        // Of each replica the nexus keeps a part for itself; node-3 has two pools.
        long kept = kept();
        assertThat(capacity(Map.of())).containsExactly(less(Bytes.gib(20), 4 * kept), less(Bytes.gib(10), kept));
        assertThat(capacity(Map.of("repl", "2")))
                .containsExactly(less(Bytes.gib(10), 3 * kept), less(Bytes.gib(6), kept));
        assertThat(capacity(Map.of("repl", "3")))
                .containsExactly(less(Bytes.gib(4), 2 * kept), less(Bytes.gib(3), kept));
        assertThat(capacity(Map.of("repl", "4"))).containsExactly(Bytes.ZERO, Bytes.ZERO);
        assertThat(capacity(Map.of("nodeHasTopologyKey", "rack"))).containsExactly(Bytes.ZERO, Bytes.ZERO);
        assertThat(capacity(Map.of("clusterSize", "4194304")))
                .containsExactly(less(Bytes.gib(20), 4 * kept), less(Bytes.gib(10), kept));
        assertThat(capacity(Map.of("clusterSize", "8388608"))).containsExactly(Bytes.ZERO, Bytes.ZERO);
        assertThat(status(() -> capacity(Map.of("rep", "2")))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void reportsNoMoreOfThinVolumesThanPoolsMayPromise() {
        // Given pools of 11 and 7 GiB, of which 1 GiB is used: they may promise less than 27.5 and 17.5 GiB
        var thin = Map.of("thin", "true", "repl", "2");
        assertThat(capacity(thin).getLast()).isEqualTo(less(Bytes.gib(7), kept()));

        services.promised(Bytes.gib(17));
        assertThat(capacity(thin)).containsExactly(less(Bytes.mib(508), kept()), less(Bytes.mib(508), kept()));

        services.promised(Bytes.mib(17_916));
        assertThat(capacity(thin)).containsExactly(Bytes.ZERO, Bytes.ZERO);
        assertThat(capacity(Map.of("repl", "2")).getLast())
                .as("thick replicas have what they promise")
                .isEqualTo(less(Bytes.gib(6), kept()));

        services.promised(Bytes.gib(28));
        assertThat(capacity(Map.of("thin", "true"))).containsExactly(Bytes.ZERO, Bytes.ZERO);
    }

    @Test
    void reportsWhatIsFreeInASegment() {
        var segment = io.orlop.stubs.csi.v1.Topology.newBuilder().putSegments("openebs.io/nodename", "node-2");

        assertThat(controller()
                        .getCapacity(GetCapacityRequest.newBuilder()
                                .setAccessibleTopology(segment)
                                .build())
                        .getAvailableCapacity())
                .isEqualTo(less(Bytes.gib(6), kept()).count());
    }

    private static long kept() {
        return Headroom.replica(Bytes.mib(64)).minus(Bytes.mib(64)).count();
    }

    private static Bytes less(Bytes room, long kept) {
        return room.minus(Bytes.of(kept));
    }

    private static List<String> ids(ListVolumesResponse page) {
        return page.getEntriesList().stream()
                .map(entry -> entry.getVolume().getVolumeId())
                .toList();
    }

    private List<Bytes> capacity(Map<String, String> parameters) {
        var answer = controller()
                .getCapacity(GetCapacityRequest.newBuilder()
                        .putAllParameters(parameters)
                        .build());
        return List.of(
                Bytes.of(answer.getAvailableCapacity()),
                Bytes.of(answer.getMaximumVolumeSize().getValue()));
    }
}
