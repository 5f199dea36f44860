package io.orlop.volume;

import static io.orlop.volume.VolumeProcess.await;
import static io.orlop.volume.VolumeServiceTest.VOLUME;
import static io.orlop.volume.VolumeServiceTest.on;
import static io.orlop.volume.VolumeServiceTest.twoReplicas;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeStatus;
import io.orlop.wire.service.UnpublishVolume;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The process dies at every step of every change, once before the step and once after it; the next one finds a promise
/// and completes it, and whoever asked can ask again.
class VolumeCrashTest {
    private static final int MORE_STEPS_THAN_ANY_CHANGE = 60;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void createSurvivesACrashAtEveryStep(boolean afterwards) {
        atEveryStep(afterwards, _ -> {}, service -> service.create(twoReplicas()), (cluster, service) -> {
            await(() -> spec(service).status() == SpecStatus.CREATED);
            assertThat(cluster.replicas).hasSize(2);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void publishSurvivesACrashAtEveryStep(boolean afterwards) {
        atEveryStep(
                afterwards,
                service -> service.create(twoReplicas()),
                service -> service.publish(VOLUME, on(FakeCluster.node(1))),
                (cluster, service) -> {
                    await(() -> !spec(service).dirty() && cluster.nexuses.size() == 1);
                    assertThat(spec(service).publication()).isInstanceOf(Publication.Published.class);
                    await(() -> service.volume(VOLUME).state().status() == VolumeStatus.ONLINE);
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unpublishSurvivesACrashAtEveryStep(boolean afterwards) {
        atEveryStep(
                afterwards,
                service -> {
                    service.create(twoReplicas());
                    service.publish(VOLUME, on(FakeCluster.node(1)));
                },
                service -> service.unpublish(VOLUME, UnpublishVolume.gently()),
                (cluster, service) -> {
                    await(() -> !spec(service).dirty());
                    assertThat(spec(service).publication()).isInstanceOf(Publication.Unpublished.class);
                    assertThat(cluster.nexuses).isEmpty();
                    service.publish(VOLUME, on(FakeCluster.node(2)));
                    assertThat(service.volume(VOLUME).state().status()).isEqualTo(VolumeStatus.ONLINE);
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deleteSurvivesACrashAtEveryStep(boolean afterwards) {
        atEveryStep(
                afterwards,
                service -> {
                    service.create(twoReplicas());
                    service.publish(VOLUME, on(FakeCluster.node(1)));
                    service.unpublish(VOLUME, UnpublishVolume.gently());
                },
                service -> service.delete(VOLUME),
                (cluster, _) -> {
                    await(() -> cluster.keyspace
                            .load("/mayastor/v2/volume")
                            .entries()
                            .isEmpty());
                    assertThat(cluster.replicas).isEmpty();
                    assertThat(cluster.nexuses).isEmpty();
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void growingSurvivesACrashAtEveryStep(boolean afterwards) {
        atEveryStep(
                afterwards,
                service -> {
                    service.create(twoReplicas());
                    service.publish(VOLUME, on(FakeCluster.node(1)));
                },
                service -> service.setReplicaCount(VOLUME, 3),
                (cluster, service) -> {
                    await(() -> spec(service).numReplicas() == 3 && cluster.replicas.size() == 3);
                    await(() -> {
                        cluster.rebuilt();
                        return service.volume(VOLUME).state().status() == VolumeStatus.ONLINE;
                    });
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shrinkingSurvivesACrashAtEveryStep(boolean afterwards) {
        atEveryStep(
                afterwards,
                service -> {
                    service.create(twoReplicas());
                    service.publish(VOLUME, on(FakeCluster.node(1)));
                },
                service -> service.setReplicaCount(VOLUME, 1),
                (cluster, service) -> {
                    await(() -> spec(service).numReplicas() == 1 && cluster.replicas.size() == 1);
                    assertThat(cluster.replicas.values()).singleElement().satisfies(left -> assertThat(left.node())
                            .isEqualTo(FakeCluster.node(1)));
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void healingSurvivesACrashAtEveryStep(boolean afterwards) {
        for (int step = 1; step < 12; step++) {
            try (var cluster = new FakeCluster(3)) {
                var pools = new FakePools(cluster);
                var nexuses = new FakeNexuses(cluster);
                try (var first = new VolumeProcess(cluster, pools, nexuses, Crashable.immortal())) {
                    first.service.create(twoReplicas());
                    first.service.publish(VOLUME, on(FakeCluster.node(1)));
                }
                var crashable = new Crashable(step, afterwards);
                try (var dying = new VolumeProcess(cluster, pools, nexuses, crashable)) {
                    cluster.stop(FakeCluster.node(2));
                    await(() -> crashable.dead() || healed(cluster, dying.service));
                }
                try (var last = new VolumeProcess(cluster, pools, nexuses, Crashable.immortal())) {
                    await(() -> healed(cluster, last.service));
                }
            }
        }
    }

    private static boolean healed(FakeCluster cluster, VolumeService service) {
        cluster.rebuilt();
        return service.volume(VOLUME).state().status() == VolumeStatus.ONLINE
                && cluster.replicas.values().stream()
                        .map(replica -> replica.node())
                        .toList()
                        .equals(List.of(FakeCluster.node(1), FakeCluster.node(3)));
    }

    private interface Check {
        void hold(FakeCluster cluster, VolumeService service);
    }

    private static void atEveryStep(
            boolean afterwards, Consumer<VolumeService> given, Consumer<VolumeService> when, Check then) {
        for (int step = 1; ; step++) {
            assertThat(step).isLessThan(MORE_STEPS_THAN_ANY_CHANGE);
            try (var cluster = new FakeCluster(3)) {
                var pools = new FakePools(cluster);
                var nexuses = new FakeNexuses(cluster);
                try (var first = new VolumeProcess(cluster, pools, nexuses, Crashable.immortal())) {
                    given.accept(first.service);
                    await(() -> first.service.volumes().noneMatch(volume -> volume.spec()
                            .dirty()));
                }
                var crashable = new Crashable(step, afterwards);
                boolean died = false;
                try (var dying = new VolumeProcess(cluster, pools, nexuses, crashable)) {
                    when.accept(dying.service);
                } catch (Crashable.Crash crash) {
                    died = true;
                }
                try (var last = new VolumeProcess(cluster, pools, nexuses, Crashable.immortal())) {
                    if (died) askAgain(last.service, when);
                    then.hold(cluster, last.service);
                }
                if (!died) return;
            }
        }
    }

    /// What happened already is refused, and that is an answer.
    private static void askAgain(VolumeService service, Consumer<VolumeService> when) {
        for (int tries = 0; ; tries++) {
            try {
                when.accept(service);
                return;
            } catch (RefusalException refused) {
                // A reconciler holds the volume, or has just begun to delete it.
                boolean later = refused.refusal() instanceof Refusal.Conflict;
                if (!later || tries == 5) return;
            }
        }
    }

    private static VolumeSpec spec(VolumeService service) {
        return service.volume(VOLUME).spec();
    }
}
