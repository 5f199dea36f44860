package io.orlop.volume;

import static io.orlop.volume.VolumeProcess.await;
import static io.orlop.volume.VolumeServiceTest.VOLUME;
import static io.orlop.volume.VolumeServiceTest.on;
import static io.orlop.volume.VolumeServiceTest.twoReplicas;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.NexusId;
import io.orlop.model.Publication.Published;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeOperation.Publish;
import io.orlop.model.VolumeOperation.SetReplicas;
import io.orlop.model.VolumeSpec;
import io.orlop.wire.service.UnpublishVolume;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two copies of the service over one store: one commands, and the other touches nothing.
@Timeout(60)
class DisplacedLeaderTest {
    private final FakeCluster cluster = new FakeCluster(3);
    private final FakePools pools = new FakePools(cluster);
    private final FakeNexuses nexuses = new FakeNexuses(cluster);
    private final VolumeProcess first = copy();
    private final VolumeProcess second;

    DisplacedLeaderTest() {
        await(first::inOffice);
        second = copy();
        await(() -> second.service.owner().isReady()
                && second.service.owner().closed() instanceof Refusal.NotLeader closed
                && closed.leader() != null);
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        cluster.close();
    }

    private VolumeProcess copy() {
        return new VolumeProcess(cluster, pools, nexuses, Crashable.immortal(), VolumeProcess.PATIENT, new Lateness());
    }

    private static VolumeSpec spec(VolumeProcess process) {
        return process.service.volume(VOLUME).spec();
    }

    private void publishedBySecond() {
        await(() -> second.inOffice() && spec(second).publication() instanceof Published);
    }

    private NexusId servedThrough() {
        assertThat(spec(second).publication()).isInstanceOf(Published.class);
        return ((Published) spec(second).publication()).nexus();
    }

    private static Consumer<String> when(String call, Runnable happens) {
        return made -> {
            if (made.equals(call)) happens.run();
        };
    }

    @Test
    void aFollowerSendsCallersToTheLeaderAndTouchesNothing() {
        // Given
        first.crashable.before = when("Nexuses.createNexus", () -> {
            throw new Refusal.Unavailable("nobody answers", "wait").exception();
        });
        first.door().create(twoReplicas());
        assertThatThrownBy(() -> first.door().publish(VOLUME, on(FakeCluster.node(1))))
                .hasMessageContaining("nobody answers");
        await(() -> second.service.volumes().anyMatch(volume -> volume.spec().operation() != null));
        // When
        List<Runnable> calls = List.of(
                () -> second.door().publish(VOLUME, on(FakeCluster.node(1))),
                () -> second.door().unpublish(VOLUME, UnpublishVolume.byForce()),
                () -> second.door().setReplicaCount(VOLUME, 1),
                () -> second.door().delete(VOLUME),
                () -> second.door().volume(VOLUME));
        // Then
        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isInstanceOfSatisfying(Refusal.NotLeader.class, refusal -> assertThat(refusal.leader())
                                .startsWith("copy-"))));
        assertThat(second.crashable.calls).isEmpty();
        assertThat(spec(second).operation())
                .isNotNull()
                .extracting(pending -> pending.operation())
                .isInstanceOf(Publish.class);
    }

    @Test
    void aLeaderThatKnowsOfItsEndCommandsNothingMore() {
        // Given
        first.service.create(twoReplicas());
        first.crashable.before = when("Pools.shareReplica", () -> {
            first.resign();
            publishedBySecond();
        });
        // When
        assertThatThrownBy(() -> first.service.publish(VOLUME, on(FakeCluster.node(1))))
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isInstanceOf(Refusal.Unavailable.class));
        // Then
        List<String> commands = first.crashable.commands();
        assertThat(commands.subList(commands.indexOf("Pools.shareReplica"), commands.size()))
                .containsExactly("Pools.shareReplica");
        assertThat(cluster.nexuses).containsOnlyKeys(servedThrough());
    }

    @Test
    void whatALeaderDecidedIsNotDoneAfterTheNextHasTakenItBack() {
        // Given a call that is under way when its leader is displaced, and the other copy's node is lost
        first.service.create(twoReplicas());
        first.crashable.before = when("Pools.deleteReplica", () -> {
            var decided = (SetReplicas)
                    Objects.requireNonNull(spec(first).operation()).operation();
            // The node goes first: a next leader that comes at once would find both copies well, and go on with it.
            cluster.replicas.values().stream()
                    .filter(replica -> !replica.uuid().equals(decided.retire()))
                    .forEach(replica -> cluster.stop(replica.node()));
            first.resign();
            await(() -> second.inOffice() && spec(second).operation() == null);
        });
        // When, then
        assertThatThrownBy(() -> first.service.setReplicaCount(VOLUME, 1))
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isInstanceOf(Refusal.Conflict.class));
        assertThat(cluster.replicas).hasSize(2);
        assertThat(spec(second).numReplicas()).isEqualTo(2);
    }

    @Test
    void aLeaderThatDoesNotKnowOfItsEndDestroysNothing() {
        // Given
        first.service.create(twoReplicas());
        first.crashable.before = when("Nexuses.createNexus", () -> {
            cluster.delete(VolumeProcess.LEADER);
            publishedBySecond();
            throw new Refusal.FailedPrecondition("no copy to use", "wait").exception();
        });
        // When
        assertThatThrownBy(() -> first.service.publish(VOLUME, on(FakeCluster.node(1))))
                .isInstanceOf(RefusalException.class);
        // Then
        assertThat(first.inOffice()).as("it believes so").isTrue();
        assertThat(first.crashable.commands()).doesNotContain("Nexuses.destroyNexus");
        assertThat(cluster.nexuses).containsOnlyKeys(servedThrough());
    }

    @Test
    void aLeaderThatGoesOnWithAPublicationDestroysNothingThatTheNextOneServes() {
        // Given
        first.service.create(twoReplicas());
        first.crashable.before = when("Nexuses.createNexus", () -> {
            throw new Refusal.Unavailable("nobody answers", "wait").exception();
        });
        assertThatThrownBy(() -> first.service.publish(VOLUME, on(FakeCluster.node(1))))
                .hasMessageContaining("nobody answers");
        // When
        var displaced = new AtomicBoolean();
        var wentOn = new AtomicBoolean();
        first.crashable.before = call -> {
            if (call.equals("Nexuses.createNexus")) {
                if (!displaced.get()) throw new Refusal.Unavailable("nobody answers", "wait").exception();
                wentOn.set(true);
            }
            // Once: a leader that tries again before it hears that it is none would displace the next one.
            if (!call.equals("Pools.shareReplica") || displaced.getAndSet(true)) return;
            cluster.delete(VolumeProcess.LEADER);
            publishedBySecond();
            cluster.stop(FakeCluster.node(2));
        };
        first.service.loop.wake(VOLUME);
        await(wentOn::get);
        publishedBySecond();
        await(first::idle);
        // Then
        assertThat(first.crashable.commands()).doesNotContain("Nexuses.destroyNexus");
        assertThat(cluster.nexuses).containsOnlyKeys(servedThrough());
    }
}
