package io.orlop.volume;

import static io.orlop.volume.VolumeProcess.await;
import static io.orlop.volume.VolumeServiceTest.VOLUME;
import static io.orlop.volume.VolumeServiceTest.on;
import static io.orlop.volume.VolumeServiceTest.request;
import static io.orlop.volume.VolumeServiceTest.twoReplicas;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.ChildStatus;
import io.orlop.model.Headroom;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeStatus;
import io.orlop.wire.service.UnpublishVolume;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What wakes a volume and what does not: nothing is looked at again here but for a reason.
@Timeout(60)
class WakesTest {
    private static final NodeId N1 = FakeCluster.node(1);
    private static final NodeId N2 = FakeCluster.node(2);
    private static final NodeId N3 = FakeCluster.node(3);
    private static final VolumeId OTHER = new VolumeId(new UUID(1, 2));
    private static final Bytes SIZE = Bytes.mib(64);

    private final FakeCluster cluster = new FakeCluster(3);
    private final FakeNexuses nexuses = new FakeNexuses(cluster);
    private VolumeProcess process;

    @BeforeEach
    void start() {
        process = start(VolumeProcess.PATIENT);
    }

    private VolumeProcess start(VolumeSettings settings) {
        var started = new VolumeProcess(
                cluster, new FakePools(cluster), nexuses, Crashable.immortal(), settings, new Lateness());
        await(started::inOffice);
        return started;
    }

    @AfterEach
    void stop() {
        process.close();
        cluster.close();
    }

    private List<NodeId> nodesOfReplicas() {
        return cluster.replicas.values().stream().map(ReplicaSpec::node).toList();
    }

    /// Everything that was told until now has been taken in and looked at.
    private void settled() {
        var marker = new VolumeId(new UUID(9, 9));
        int before = process.runs.of(marker);
        process.service.create(request(marker, 1, null));
        process.service.delete(marker);
        await(() -> process.runs.of(marker) > before && process.idle());
    }

    private int looks(VolumeId volume) {
        settled();
        return process.runs.of(volume);
    }

    @Test
    void anEventOfANodeWakesTheVolumesThatDependOnItAndNoOthers() {
        // Given
        process.service.create(twoReplicas());
        process.service.create(request(OTHER, 1, null));
        int dependent = looks(VOLUME);
        int independent = looks(OTHER);
        // When
        cluster.stop(N2);
        // Then
        await(() -> process.runs.of(VOLUME) > dependent);
        assertThat(looks(OTHER)).isEqualTo(independent);
    }

    @Test
    void theNodeThatServesAVolumeWakesItWithoutHoldingACopy() {
        // Given
        process.service.create(twoReplicas());
        process.service.publish(VOLUME, on(N3));
        int before = looks(VOLUME);
        // When
        cluster.stop(N3);
        // Then
        await(() -> process.runs.of(VOLUME) > before);
        assertThat(process.service.volume(VOLUME).state().waitsFor()).contains("is not seen");
    }

    @Test
    void aRebuildThatGetsOnWakesNobodyAndNobodyAsksForIt() {
        // Given
        process.service.create(twoReplicas());
        process.service.publish(VOLUME, on(N1));
        cluster.stop(N2);
        cluster.start(N2);
        await(this::rebuilding);
        await(() -> process.service.loop.blocked(VOLUME) != null || !waits().isEmpty());
        int before = looks(VOLUME);
        int asked = cluster.asked.size();
        NexusId nexus = cluster.nexuses.keySet().iterator().next();
        // When
        for (int percent = 11; percent < 90; percent++) cluster.rebuildsReach(nexus, percent);
        // Then
        assertThat(looks(VOLUME)).isEqualTo(before);
        assertThat(cluster.asked).hasSize(asked);
        assertThat(waits()).contains("is being rebuilt");
        // When
        cluster.rebuilt();
        // Then
        await(() -> process.service.volume(VOLUME).state().status() == VolumeStatus.ONLINE);
        await(() -> process.runs.of(VOLUME) > before);
    }

    private String waits() {
        String waits = process.service.volume(VOLUME).state().waitsFor();
        return waits == null ? "" : waits;
    }

    private boolean rebuilding() {
        return cluster.nexuses.keySet().stream()
                .anyMatch(nexus -> cluster.childrenOf(nexus).containsValue(ChildStatus.DEGRADED));
    }

    @Test
    void whoOnlyWaitsForACopyAsksNoNode() {
        // Given
        process.service.create(twoReplicas());
        process.service.publish(VOLUME, on(N1));
        cluster.stop(N2);
        await(() -> waits().contains("may come back"));
        settled();
        int asked = cluster.asked.size();
        // When
        process.service.loop.wake(VOLUME);
        settled();
        // Then
        assertThat(cluster.asked).hasSize(asked);
    }

    @Test
    void roomThatAVolumeLooksForWakesItAndOtherUsageDoesNot() {
        // Given
        looksForRoom();
        int before = looks(VOLUME);
        // When
        cluster.use(N3, FakeCluster.DISK.minus(Bytes.mib(8)));
        cluster.use(N3, FakeCluster.DISK.minus(Headroom.replica(SIZE)).plus(Bytes.mib(4)));
        cluster.use(N1, Bytes.mib(100));
        cluster.use(N1, Bytes.mib(50));
        // Then
        assertThat(looks(VOLUME)).isEqualTo(before);
        // When
        cluster.use(N3, FakeCluster.DISK.minus(Headroom.replica(SIZE)));
        // Then
        await(this::rebuilding);
        assertThat(nodesOfReplicas()).contains(N3);
    }

    /// One of two copies is lost for good, and the only other pool is full.
    private void looksForRoom() {
        process.close();
        process = start(VolumeProcess.PATIENT.withFaultedChildWait(Duration.ofMillis(1)));
        cluster.use(N3, FakeCluster.DISK);
        process.service.create(twoReplicas());
        process.service.publish(VOLUME, on(N1));
        cluster.stop(N2);
        await(() -> {
            String why = process.service.loop.blocked(VOLUME);
            return why != null && why.contains("needs 1 more");
        });
    }

    @Test
    void aNodeThatMayBeUsedAgainWakesWhoLooksForRoom() {
        // Given
        looksForRoom();
        process.service.create(request(OTHER, 1, null));
        int before = looks(VOLUME);
        int other = looks(OTHER);
        // When
        cluster.cordon(N3, "maintenance");
        cluster.cordon(N3);
        // Then
        await(() -> process.runs.of(VOLUME) > before);
        assertThat(looks(OTHER)).isEqualTo(other);
    }

    @Test
    void usageOfAPoolWakesNobodyWhoAskedForNothing() {
        // Given
        process.service.create(twoReplicas());
        int before = looks(VOLUME);
        // When
        cluster.use(N1, FakeCluster.DISK);
        cluster.use(N1, Bytes.ZERO);
        // Then
        assertThat(looks(VOLUME)).isEqualTo(before);
    }

    @Test
    void aVolumeThatNobodyUsesSaysWhatItsCopyWaitsFor() {
        // Given
        process.service.create(request(VOLUME, 3, null));
        process.service.publish(VOLUME, on(N1));
        cluster.stop(N2);
        process.service.unpublish(VOLUME, UnpublishVolume.gently());
        // When
        cluster.start(N2);
        await(() -> waits().contains("is rebuilt when the volume is published"));
        // Then
        assertThat(process.service.volume(VOLUME).state().status()).isEqualTo(VolumeStatus.DEGRADED);
        // When
        process.service.publish(VOLUME, on(N1));
        await(this::rebuilding);
        cluster.rebuilt();
        // Then
        await(() -> process.service.volume(VOLUME).state().status() == VolumeStatus.ONLINE);
        assertThat(waits()).isEmpty();
    }
}
