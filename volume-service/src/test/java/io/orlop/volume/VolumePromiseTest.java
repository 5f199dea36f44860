package io.orlop.volume;

import static io.orlop.volume.VolumeProcess.await;
import static io.orlop.volume.VolumeServiceTest.VOLUME;
import static io.orlop.volume.VolumeServiceTest.on;
import static io.orlop.volume.VolumeServiceTest.request;
import static io.orlop.volume.VolumeServiceTest.twoReplicas;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.ChildStatus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeOperation.Publish;
import io.orlop.model.VolumeOperation.Replace;
import io.orlop.model.VolumeOperation.SetReplicas;
import io.orlop.model.VolumeSpec;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.UnpublishVolume;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What was decided stands in the promise. Whoever goes on with it does that or takes it back, and decides nothing
/// anew.
@Timeout(60)
class VolumePromiseTest {
    private static final NodeId N1 = FakeCluster.node(1);
    private static final NodeId N2 = FakeCluster.node(2);
    private static final NodeId N3 = FakeCluster.node(3);

    private final FakeCluster cluster = new FakeCluster(3);
    private final FakePools pools = new FakePools(cluster);
    private final FakeNexuses nexuses = new FakeNexuses(cluster);
    private final Lateness lateness = new Lateness();
    private VolumeProcess process = start(VolumeProcess.PATIENT);

    @AfterEach
    void stop() {
        process.close();
        cluster.close();
    }

    private VolumeProcess start(VolumeSettings settings) {
        var started = copy(settings);
        await(started::inOffice);
        return started;
    }

    private VolumeProcess copy(VolumeSettings settings) {
        return new VolumeProcess(cluster, pools, nexuses, Crashable.immortal(), settings, lateness);
    }

    private VolumeService service() {
        return process.service;
    }

    private VolumeSpec spec() {
        return service().volume(VOLUME).spec();
    }

    private VolumeOperation promised() {
        await(() -> spec().operation() != null);
        return Objects.requireNonNull(spec().operation()).operation();
    }

    private ReplicaId replicaOn(NodeId node) {
        return cluster.replicas.values().stream()
                .filter(replica -> replica.node().equals(node))
                .map(ReplicaSpec::uuid)
                .findFirst()
                .orElseThrow();
    }

    private List<NodeId> nodesOfReplicas() {
        return cluster.replicas.values().stream().map(ReplicaSpec::node).toList();
    }

    /// Unpublished, the copy on node 1 complete and that on node 2 not.
    private void oneOfTwoCopiesIsWhole() {
        cluster.stop(N3);
        service().create(twoReplicas());
        service().publish(VOLUME, on(N1));
        cluster.stop(N2);
        service().unpublish(VOLUME, UnpublishVolume.gently());
        cluster.start(N2);
        await(() ->
                spec().operation() == null && service().volume(VOLUME).state().waitsFor() != null);
    }

    private static Consumer<String> away(String... calls) {
        return call -> {
            if (List.of(calls).contains(call)) {
                throw new Refusal.Unavailable("nobody answers to " + call, "wait").exception();
            }
        };
    }

    @Test
    void aShrinkThatIsResumedNeverTakesTheWholeCopyBecauseItIsAway() {
        // Given
        oneOfTwoCopiesIsWhole();
        ReplicaId whole = replicaOn(N1);
        ReplicaId partial = replicaOn(N2);
        process.crashable.before = away("Pools.deleteReplica");
        assertThatThrownBy(() -> service().setReplicaCount(VOLUME, 1)).hasMessageContaining("nobody answers");
        assertThat(promised()).isEqualTo(new SetReplicas(1, partial));
        // When
        cluster.stop(N1);
        await(() -> spec().operation() == null);
        process.crashable.before = _ -> {};
        await(process::idle);
        // Then
        assertThat(cluster.replicas).containsOnlyKeys(whole, partial);
        assertThat(spec().numReplicas()).isEqualTo(2);
    }

    @Test
    void aShrinkThatIsResumedTakesTheCopyThatWasPromisedAndNotTheOneThatIsWorstByThen() {
        // Given
        service().create(request(VOLUME, 3, null));
        process.crashable.before = away("Pools.deleteReplica");
        assertThatThrownBy(() -> service().setReplicaCount(VOLUME, 2)).hasMessageContaining("nobody answers");
        ReplicaId chosen = replicaOn(N1);
        assertThat(promised()).isEqualTo(new SetReplicas(2, chosen));
        // When
        cluster.stop(N2);
        process.crashable.before = _ -> {};
        // Then
        await(() -> spec().operation() == null);
        assertThat(nodesOfReplicas()).containsExactly(N2, N3);
        assertThat(spec().numReplicas()).isEqualTo(2);
    }

    @Test
    void decidesNothingOverACopyBeforeEverythingWasHeardOf() {
        // Given
        oneOfTwoCopiesIsWhole();
        process.crashable.before = away("Pools.deleteReplica");
        assertThatThrownBy(() -> service().setReplicaCount(VOLUME, 1)).hasMessageContaining("nobody answers");
        process.close();
        // When
        cluster.hold();
        process = copy(VolumeProcess.PATIENT);
        await(() -> process.service.owner().isReady()
                && process.service.owner().closed() instanceof Refusal.NotLeader closed
                && closed.problem().contains("still reading"));
        // Then
        assertThatThrownBy(() -> process.door().setReplicaCount(VOLUME, 1))
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isInstanceOf(Refusal.NotLeader.class));
        assertThat(promised()).isEqualTo(new SetReplicas(1, replicaOn(N2)));
        assertThat(process.crashable.calls).isEmpty();
        // When
        cluster.release();
        // Then
        await(() -> spec().operation() == null);
        assertThat(spec().numReplicas()).isEqualTo(1);
        assertThat(nodesOfReplicas()).containsExactly(N1);
    }

    @Test
    void aPublicationIsNotTakenBackOverCopiesThatWereNotHeardOfYet() {
        // Given
        service().create(twoReplicas());
        process.crashable.before = away("Pools.shareReplica", "Nexuses.createNexus");
        assertThatThrownBy(() -> service().publish(VOLUME, on(N1))).hasMessageContaining("nobody answers");
        VolumeOperation promised = promised();
        cluster.whenAsked = node -> {
            throw new Refusal.Unavailable(node + " does not answer", "wait").exception();
        };
        await(() -> {
            // Who tried to publish it may still be told of a copy that he asked for.
            cluster.unheard(N1);
            cluster.unheard(N2);
            return service().volume(VOLUME).state().replicas().values().stream()
                    .noneMatch(replica -> replica.status() == ReplicaStatus.ONLINE);
        });
        // When, then
        assertThatThrownBy(() -> service().setMaxSnapshots(VOLUME, 1)).hasMessageContaining("can be reached");
        assertThat(promised()).isEqualTo(promised);
        // When
        process.crashable.before = _ -> {};
        cluster.whenAsked = _ -> {};
        // Then
        await(() -> spec().publication() instanceof Publication.Published);
        assertThat(nexuses.creations.getLast().children()).hasSize(2);
    }

    @Test
    void whichCopyIsWholeIsAskedOfTheStoreAndNotOfAWatchThatIsLate() {
        // Given
        cluster.stop(N3);
        service().create(twoReplicas());
        service().publish(VOLUME, on(N1));
        await(() -> cluster.info(spec()).isPresent());
        // When
        lateness.late = true;
        cluster.stop(N2);
        service().unpublish(VOLUME, UnpublishVolume.gently());
        cluster.start(N2);
        await(this::bothCopiesAreSeen);
        service().setReplicaCount(VOLUME, 1);
        // Then
        assertThat(nodesOfReplicas()).as("the copy on node 2 missed writes").containsExactly(N1);
    }

    @Test
    void shrinksNothingWhileANodeOfTheVolumeDoesNotAnswer() {
        // Given
        service().create(twoReplicas());
        cluster.whenAsked = node -> {
            if (node.equals(N2)) throw new Refusal.Unavailable(node + " does not answer", "wait").exception();
        };
        // When, then
        assertThatThrownBy(() -> service().setReplicaCount(VOLUME, 1)).hasMessageContaining("does not answer");
        assertThat(spec().operation()).isNull();
        assertThat(cluster.replicas).hasSize(2);
    }

    @Test
    void asksTheNodesAtOnceAndKeepsNobodyWaitingMeanwhile() {
        // Given
        service().create(twoReplicas());
        var everybody = new CyclicBarrier(3);
        cluster.whenAsked = _ -> meet(everybody);
        // When
        var shrinking = Thread.ofVirtual().start(() -> service().setReplicaCount(VOLUME, 1));
        await(() -> everybody.getNumberWaiting() == 2);
        service().setMaxSnapshots(VOLUME, 7);
        // Then
        assertThat(spec().shape().maxSnapshots()).isEqualTo(7);
        meet(everybody);
        await(() -> !shrinking.isAlive());
        assertThat(cluster.replicas).hasSize(1);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void aPublicationThatIsResumedUsesTheCopiesThatWerePromised() {
        // Given
        service().create(twoReplicas());
        cluster.stop(N2);
        await(() -> !bothCopiesAreSeen());
        process.crashable.before = away("Nexuses.createNexus");
        assertThatThrownBy(() -> service().publish(VOLUME, on(N1))).hasMessageContaining("nobody answers");
        assertThat(promised()).isInstanceOfSatisfying(Publish.class, publish -> assertThat(publish.children())
                .containsExactly(replicaOn(N1)));
        // When
        cluster.start(N2);
        await(this::bothCopiesAreSeen);
        process.crashable.before = _ -> {};
        // Then
        await(() -> !nexuses.creations.isEmpty());
        assertThat(nexuses.creations).allSatisfy(creation -> assertThat(creation.children())
                .extracting(NexusChild::uri)
                .singleElement()
                .asString()
                .contains(replicaOn(N1).toString()));
    }

    @Test
    void aReplacementIsTakenBackWhenTheCopyIsBack() {
        // Given
        service().create(twoReplicas());
        givenUp(N2);
        // When
        cluster.start(N2);
        await(this::bothCopiesAreSeen);
        process.crashable.before = _ -> {};
        // Then
        await(() -> spec().operation() == null);
        assertThat(nodesOfReplicas()).containsExactly(N1, N2);
        assertThat(pools.provisions).noneMatch(asked -> !asked.notCounting().isEmpty());
    }

    @Test
    void aReplacementIsTakenBackWhenTheCopyOfAVolumeInUseCanBeRebuilt() {
        // Given
        service().create(twoReplicas());
        service().publish(VOLUME, on(N1));
        givenUp(N2);
        // When
        cluster.start(N2);
        await(this::bothCopiesAreSeen);
        process.crashable.before = _ -> {};
        // Then
        await(() -> cluster.nexuses.keySet().stream()
                .anyMatch(nexus -> cluster.childrenOf(nexus).size() == 2
                        && cluster.childrenOf(nexus).containsValue(ChildStatus.DEGRADED)));
        assertThat(nodesOfReplicas()).containsExactly(N1, N2);
        assertThat(pools.provisions).noneMatch(asked -> !asked.notCounting().isEmpty());
    }

    @Test
    void aReplacementThatIsResumedWaitsForANodeThatDoesNotAnswer() {
        // Given
        service().create(twoReplicas());
        promisedInPlaceOfThatOn(N2);
        cluster.whenAsked = node -> {
            if (node.equals(N1)) throw new Refusal.Unavailable(node + " does not answer", "wait").exception();
        };
        cluster.asked.clear();
        pools.provisions.clear();
        // When
        process = start(VolumeProcess.PATIENT);
        await(() -> cluster.asked.contains(N1) && process.idle());
        // Then
        assertThatThrownBy(() -> service().setMaxSnapshots(VOLUME, 7))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.Unavailable.class))
                .hasMessageContaining("a node of volume %s does not answer".formatted(VOLUME));
        assertThat(promised()).isInstanceOf(Replace.class);
        assertThat(pools.provisions).isEmpty();
        assertThat(nodesOfReplicas()).containsExactly(N1, N2);
        // When
        cluster.whenAsked = _ -> {};
        // Then
        await(() -> spec().operation() == null);
        assertThat(nodesOfReplicas()).contains(N1, N3);
    }

    @Test
    void whoWantsTheVolumeBackWaitsForNothingThatIsInDoubt() {
        // Given a copy that is being added, by a target whose node is lost
        service().create(twoReplicas());
        service().publish(VOLUME, on(N1));
        process.crashable.before = away("Nexuses.addChild");
        assertThatThrownBy(() -> service().setReplicaCount(VOLUME, 3)).hasMessageContaining("nobody answers");
        assertThat(promised()).isEqualTo(new SetReplicas(3, null));
        cluster.stop(N1);
        // When, then
        assertThatThrownBy(() -> service().setMaxSnapshots(VOLUME, 7)).hasMessageContaining("node-1 is away");
        service().unpublish(VOLUME, UnpublishVolume.byForce());
        assertThat(spec().publication()).isEqualTo(new Publication.Unpublished());
        service().publish(VOLUME, on(N2));
        service().unpublish(VOLUME, UnpublishVolume.byForce());
        service().delete(VOLUME);
        assertThatThrownBy(this::spec).hasMessageContaining("there is no volume");
    }

    @Test
    void movesAwayFromALostTargetWhateverIsInDoubt() {
        service().create(twoReplicas());
        service().publish(VOLUME, on(N1));
        process.crashable.before = away("Nexuses.removeChild");
        assertThatThrownBy(() -> service().setReplicaCount(VOLUME, 1)).hasMessageContaining("nobody answers");
        assertThat(promised()).isInstanceOf(SetReplicas.class);
        cluster.stop(N1);
        service().publish(VOLUME, new PublishVolume(N2, ShareProtocol.NVMF, null, true, false));
        assertThat(spec().publication())
                .isInstanceOfSatisfying(Publication.Published.class, there -> assertThat(there.node())
                        .isEqualTo(N2));
    }

    @Test
    void aPublicationThatIsOnlyPromisedIsTakenBackByAnUnpublish() {
        service().create(twoReplicas());
        process.crashable.before = away("Nexuses.createNexus");
        assertThatThrownBy(() -> service().publish(VOLUME, on(N1))).hasMessageContaining("nobody answers");
        assertThat(promised()).isInstanceOf(Publish.class);
        service().unpublish(VOLUME, UnpublishVolume.gently());
        assertThat(spec().operation()).isNull();
        assertThat(spec().publication()).isEqualTo(new Publication.Unpublished());
        process.crashable.before = _ -> {};
        await(process::idle);
        assertThat(cluster.nexuses).isEmpty();
    }

    @Test
    void aVolumeWhosePublicationIsOnlyPromisedIsDeleted() {
        service().create(twoReplicas());
        process.crashable.before = away("Nexuses.createNexus");
        assertThatThrownBy(() -> service().publish(VOLUME, on(N1))).hasMessageContaining("nobody answers");
        service().delete(VOLUME);
        process.crashable.before = _ -> {};
        await(() -> cluster.replicas.isEmpty() && cluster.nexuses.isEmpty());
    }

    @Test
    void aPublicationWhoseCopiesAreAllAwayIsTakenBack() {
        // Given
        service().create(twoReplicas());
        cluster.stop(N2);
        await(() -> !bothCopiesAreSeen());
        process.crashable.before = away("Nexuses.createNexus");
        assertThatThrownBy(() -> service().publish(VOLUME, on(N3))).hasMessageContaining("nobody answers");
        assertThat(promised()).isInstanceOf(Publish.class);
        // When the only copy that was chosen is lost, and the other is back
        cluster.stop(N1);
        cluster.start(N2);
        // Then
        await(() -> spec().operation() == null);
        process.crashable.before = _ -> {};
        await(() -> service().volume(VOLUME).state().replicas().values().stream()
                .anyMatch(replica -> replica.status() == ReplicaStatus.ONLINE));
        service().publish(VOLUME, on(N2));
    }

    @Test
    void nobodySaysGoodByeForANodeThatDoesNotAnswer() {
        service().create(twoReplicas());
        service().publish(VOLUME, on(N1));
        cluster.whenAsked = node -> {
            if (node.equals(N1)) throw new Refusal.Unavailable(node + " does not answer", "wait").exception();
        };
        assertThatThrownBy(() -> service().unpublish(VOLUME, UnpublishVolume.gently()))
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isInstanceOf(Refusal.Unavailable.class))
                .hasMessageContaining("force it");
        assertThat(spec().operation()).isNull();
        service().unpublish(VOLUME, UnpublishVolume.byForce());
    }

    @Test
    void anUnpublishThatComesLateTouchesNoOtherPublication() {
        service().create(twoReplicas());
        service().publish(VOLUME, on(N1));
        NexusId former = Objects.requireNonNull(spec().lastNexus());
        service().unpublish(VOLUME, new UnpublishVolume(true, former));
        service().publish(VOLUME, on(N2));
        assertThatThrownBy(() -> service().unpublish(VOLUME, new UnpublishVolume(true, former)))
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isInstanceOf(Refusal.NotPublished.class));
        assertThat(spec().publication()).isInstanceOf(Publication.Published.class);
    }

    private boolean bothCopiesAreSeen() {
        return service().volume(VOLUME).state().replicas().values().stream()
                .allMatch(replica -> replica.status() == ReplicaStatus.ONLINE);
    }

    /// The node is away for good, another copy is promised, and nobody makes it.
    private void givenUp(NodeId node) {
        promisedInPlaceOfThatOn(node);
        Crashable withoutPools = Crashable.immortal();
        withoutPools.before = away("Pools.provision");
        process = new VolumeProcess(cluster, pools, nexuses, withoutPools, VolumeProcess.PATIENT, lateness);
        await(process::inOffice);
    }

    /// The node is away for good, another copy is promised, and whoever promised it is gone.
    private void promisedInPlaceOfThatOn(NodeId node) {
        ReplicaId lost = replicaOn(node);
        process.close();
        process = start(VolumeProcess.QUICK);
        process.crashable.before = away("Pools.provision");
        cluster.stop(node);
        assertThat(promised()).isEqualTo(new Replace(List.of(lost)));
        process.close();
    }
}
