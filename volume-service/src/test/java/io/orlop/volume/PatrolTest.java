package io.orlop.volume;

import static io.orlop.volume.VolumeProcess.await;
import static io.orlop.volume.VolumeServiceTest.on;
import static io.orlop.volume.VolumeServiceTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.control.loop.LoopSettings;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeStatus;
import io.orlop.model.ambient.ManualAmbient;
import io.orlop.wire.service.UnpublishVolume;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PatrolTest {
    private static final VolumeSettings WATCHFUL = VolumeSettings.DEFAULT
            .withPace(LoopSettings.named("volumes").every(Duration.ofSeconds(1)))
            .withFaultedChildWait(Duration.ofSeconds(3));

    private final ManualAmbient ambient = new ManualAmbient();
    private volatile boolean over;

    @Test
    void findsNothingInAHealthyRun() {
        // Given
        List<VolumeId> volumes = IntStream.rangeClosed(1, 4)
                .mapToObj(number -> new VolumeId(new UUID(3, number)))
                .toList();
        Thread clock = Thread.ofPlatform().daemon().start(this::run);
        try (var cluster = new FakeCluster(4, ambient)) {
            var nexuses = new FakeNexuses(cluster);
            try (var process = new VolumeProcess(
                    cluster, new FakePools(cluster), nexuses, Crashable.immortal(), WATCHFUL, new Lateness())) {
                await(process::inOffice);
                // When
                volumes.forEach(volume -> process.service.create(request(volume, 2, null)));
                pass(Duration.ofSeconds(5));
                volumes.subList(0, 3).forEach(volume -> process.service.publish(volume, on(FakeCluster.node(1))));
                process.service.setReplicaCount(volumes.getFirst(), 3);
                pass(Duration.ofSeconds(5));
                cluster.stop(FakeCluster.node(2));
                await(() -> {
                    cluster.rebuilt();
                    return volumes.stream()
                            .allMatch(volume ->
                                    process.service.volume(volume).state().status() == VolumeStatus.ONLINE);
                });
                pass(Duration.ofSeconds(5));
                cluster.start(FakeCluster.node(2));
                pass(Duration.ofSeconds(5));
                process.service.setReplicaCount(volumes.getFirst(), 2);
                volumes.subList(0, 3).forEach(volume -> process.service.unpublish(volume, UnpublishVolume.gently()));
                pass(Duration.ofSeconds(5));
                volumes.forEach(process.service::delete);
                pass(Duration.ofSeconds(5));
                // Then
                assertThat(process.runs.missed).isEmpty();
                assertThat(process.runs.patrolled.get())
                        .as("looks at four volumes, of at least ten rounds")
                        .isGreaterThan(4 * 10);
                assertThat(volumes).allSatisfy(volume -> assertThat(process.runs.of(volume))
                        .isPositive());
                assertThat(cluster.replicas).isEmpty();
            }
        } finally {
            over = true;
            clock.interrupt();
        }
    }

    private void run() {
        while (!over) {
            ambient.advance(Duration.ofMillis(10));
            try {
                Thread.sleep(1);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void pass(Duration time) {
        long begun = ambient.nanos();
        await(() -> ambient.nanos() - begun > time.toNanos());
    }
}
