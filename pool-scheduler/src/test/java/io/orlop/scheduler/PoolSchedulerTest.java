package io.orlop.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.scheduler.FakeNode.Fault;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.CreateReplicaSpec;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Provision;
import io.orlop.wire.service.ReplicasOf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PoolSchedulerTest {
    private static final NodeId N1 = new NodeId("node-1");
    private static final PoolId P1 = new PoolId("pool-on-node-1");
    private static final Bytes SIZE = Bytes.mib(64);

    private final Stage stage = new Stage(3);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void createsAPool() {
        PoolScheduler scheduler = stage.start();
        Stage.pool(scheduler, N1);
        Pool pool = scheduler.pool(P1);
        assertThat(Objects.requireNonNull(pool.spec()).status()).isEqualTo(SpecStatus.CREATED);
        assertThat(Objects.requireNonNull(pool.state()).capacity()).isEqualTo(Stage.DISK);
    }

    @Test
    void refusesAPoolThatIsThere() {
        PoolScheduler scheduler = stage.start();
        Stage.pool(scheduler, N1);
        assertRefused(Refusal.AlreadyExists.class, () -> Stage.pool(scheduler, N1));
        assertRefused(
                Refusal.Differs.class,
                () -> scheduler.createPool(
                        new CreatePoolSpec(P1, new NodeId("node-2"), List.of("/dev/disk"), Map.of())));
        assertRefused(
                Refusal.InUse.class,
                () -> scheduler.createPool(
                        new CreatePoolSpec(new PoolId("other"), N1, List.of("aio:///dev/disk"), Map.of())));
    }

    @Test
    void refusesAPoolThatCannotBe() {
        PoolScheduler scheduler = stage.start();
        assertRefused(
                Refusal.NotFound.class,
                () -> scheduler.createPool(
                        new CreatePoolSpec(P1, new NodeId("nobody"), List.of("/dev/disk"), Map.of())));
        assertRefused(
                Refusal.NotFound.class,
                () -> scheduler.createPool(new CreatePoolSpec(P1, N1, List.of("/dev/none"), Map.of())));
        assertRefused(
                Refusal.Invalid.class,
                () -> scheduler.createPool(new CreatePoolSpec(P1, N1, List.of("/dev/a", "/dev/b"), Map.of())));
        stage.stop();
        stage.up("node-1", false);
        PoolScheduler again = stage.start();
        assertRefused(Refusal.FailedPrecondition.class, () -> Stage.pool(again, N1));
        assertThat(again.pools()).isEmpty();
    }

    @Test
    void refusesADiskWithAnotherPool() {
        PoolScheduler scheduler = stage.start();
        stage.node("node-1")
                .agent()
                .createPool(new io.orlop.wire.agent.CreatePool(new PoolId("theirs"), List.of("/dev/disk")));
        assertRefused(Refusal.Invalid.class, () -> Stage.pool(scheduler, N1));
        assertThat(stage.node("node-1").pools()).hasSize(1);
    }

    @Test
    void takesAPoolThatWasCreatedWithoutAnAnswer() {
        PoolScheduler scheduler = stage.start();
        stage.node("node-1").next("createPool", Fault.ANSWER_LOST);
        Stage.pool(scheduler, N1);
        assertThat(Objects.requireNonNull(scheduler.pool(P1).spec()).status()).isEqualTo(SpecStatus.CREATED);
    }

    @Test
    void goesOnWithAPoolWhoseCreationNobodyAnswered() {
        PoolScheduler scheduler = stage.start();
        stage.node("node-1").next("createPool", Fault.REQUEST_LOST);
        assertRefused(Refusal.Aborted.class, () -> Stage.pool(scheduler, N1));
        stage.until(
                "the pool",
                () -> Objects.requireNonNull(scheduler.pool(P1).spec()).status() == SpecStatus.CREATED);
    }

    @Test
    void importsThePoolsOfANodeThatWasStartedAgain() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 3);
        scheduler.provision(Stage.provision(volume, 3, SIZE));
        stage.node("node-1").restart();
        stage.registry.look(N1);
        stage.until("the pool", () -> !stage.node("node-1").pools().isEmpty());
        assertThat(stage.node("node-1").replicas()).hasSize(1);
        assertThat(stage.node("node-1").calls()).contains("importPool");
    }

    @Test
    void deletesAnEmptyPool() {
        PoolScheduler scheduler = stage.startWithPools();
        scheduler.deletePool(P1);
        assertRefused(Refusal.NotFound.class, () -> scheduler.pool(P1));
        assertRefused(Refusal.NotFound.class, () -> scheduler.deletePool(P1));
        assertThat(stage.node("node-1").pools()).isEmpty();
    }

    @Test
    void keepsAPoolThatHoldsReplicas() {
        PoolScheduler scheduler = stage.startWithPools();
        scheduler.provision(Stage.provision(stage.promised(1, SIZE, 3), 3, SIZE));
        assertRefused(Refusal.InUse.class, () -> scheduler.deletePool(P1));
    }

    @Test
    void keepsAPoolThatHoldsReplicasItDoesNotKnow() {
        PoolScheduler scheduler = stage.startWithPools();
        theirs();
        stage.registry.look(N1);
        stage.until("the replica", () -> !scheduler.replicas().toList().isEmpty());
        assertRefused(Refusal.InUse.class, () -> scheduler.deletePool(P1));
        assertThat(stage.node("node-1").replicas()).hasSize(1);
    }

    @Test
    void aDeletionThatIsResumedLooksAgain() {
        // Given a replica that was placed while the deletion was being promised, and a copy that died of it
        stage.startWithPools().provision(Stage.provision(stage.promised(1, SIZE, 3), 3, SIZE));
        stage.stop();
        stage.begin(P1, SpecStatus.DELETING);
        // When
        PoolScheduler next = stage.start();
        // Then
        stage.until("it is kept", () -> spec(next.pool(P1)).status() == SpecStatus.CREATED);
        assertThat(stage.node("node-1").replicas()).hasSize(1);
        assertThat(stage.node("node-1").calls()).doesNotContain("destroyPool");
    }

    @Test
    void aDeletionLooksIntoAPoolThatItsNodeHadNotLoaded() {
        // Given a replica that nobody here knows, and a node that was started again a moment ago
        PoolScheduler scheduler = stage.startWithPools();
        theirs();
        stage.node("node-1").restart();
        // Then
        assertRefused(Refusal.InUse.class, () -> scheduler.deletePool(P1));
        assertThat(spec(scheduler.pool(P1)).status()).isEqualTo(SpecStatus.CREATED);
        assertThat(stage.node("node-1").replicas()).hasSize(1);
    }

    @Test
    void aDeletionLeavesAPoolOfTheSameNameOnAnotherDiskAlone() {
        // Given a creation that was promised and not begun, and a pool of that name that is not ours
        stage.startWithPools();
        stage.stop();
        stage.node("node-1").disk("/dev/other", Stage.DISK);
        stage.begin(P1, SpecStatus.DELETING, List.of("/dev/other"));
        // When
        PoolScheduler next = stage.start();
        // Then
        stage.until("it is forgotten", () -> next.pools()
                .noneMatch(pool -> pool.spec() != null && pool.id().equals(P1)));
        assertThat(stage.node("node-1").pools()).hasSize(1);
    }

    @Test
    void finishesADeletionThatNobodyAnswered() {
        PoolScheduler scheduler = stage.startWithPools();
        stage.node("node-1").next("destroyPool", Fault.ANSWER_LOST);
        assertRefused(Refusal.Aborted.class, () -> scheduler.deletePool(P1));
        stage.until("the end of the pool", () -> scheduler.pools().count() == 2);
    }

    @Test
    void labelsPools() {
        PoolScheduler scheduler = stage.startWithPools();
        assertThat(Objects.requireNonNull(scheduler
                                .labelPool(P1, Map.of("tier", "hot"), false)
                                .spec())
                        .labels())
                .isEqualTo(Map.of("tier", "hot"));
        assertRefused(Refusal.FailedPrecondition.class, () -> scheduler.labelPool(P1, Map.of("tier", "cold"), false));
        assertThat(Objects.requireNonNull(scheduler.unlabelPool(P1, "tier").spec())
                        .labels())
                .isEmpty();
    }

    @Test
    void provisionsReplicasOnDistinctNodes() {
        PoolScheduler scheduler = stage.startWithPools();
        List<Replica> replicas = scheduler.provision(Stage.provision(stage.promised(1, SIZE, 2), 2, SIZE));
        assertThat(replicas).hasSize(2);
        assertThat(replicas.stream().map(replica -> spec(replica).node()).distinct())
                .hasSize(2);
        assertThat(replicas).allSatisfy(replica -> {
            assertThat(spec(replica).status()).isEqualTo(SpecStatus.CREATED);
            assertThat(replica.state()).isNotNull();
        });
        assertThat(stage.settled()).isTrue();
        assertThat(scheduler.replicas()).hasSize(2).allSatisfy(seen -> assertThat(seen.state())
                .isNotNull());
    }

    @Test
    void givesTheSameReplicasWhenAskedAgain() {
        PoolScheduler scheduler = stage.startWithPools();
        Provision request = Stage.provision(stage.promised(1, SIZE, 2), 2, SIZE);
        List<ReplicaId> first = ids(scheduler.provision(request));
        assertThat(ids(scheduler.provision(request))).isEqualTo(first);
    }

    @Test
    void replacesReplicasThatDoNotCount() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 2);
        List<Replica> first = scheduler.provision(Stage.provision(volume, 2, SIZE));
        List<ReplicaId> lost = List.of(first.getFirst().uuid());
        var request = new Provision(volume, VolumeShape.of(SIZE, 2), 2, List.of(), lost, List.of());
        List<Replica> second = scheduler.provision(request);
        assertThat(second).hasSize(2).noneMatch(replica -> lost.contains(replica.uuid()));
        assertThat(scheduler.replicas()).hasSize(3);
        assertThat(second.stream().map(replica -> spec(replica).node()))
                .doesNotContain(spec(first.getFirst()).node());
    }

    @Test
    void refusesAVolumeLargerThanAnyPool() {
        PoolScheduler scheduler = stage.startWithPools();
        assertThatThrownBy(
                        () -> scheduler.provision(Stage.provision(stage.promised(1, Bytes.gib(1), 1), 1, Bytes.gib(1))))
                .isInstanceOf(RefusalException.class)
                .hasMessageContaining("pool-on-node-1: it has a capacity of 256 MiB")
                .hasMessageContaining("pool-on-node-3: it has a capacity of 256 MiB");
        assertThat(stage.specs()).isEmpty();
    }

    @Test
    void takesOnlyPoolsOfTheClusterSizeThatTheVolumeAsksFor() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 2);
        VolumeShape shape = VolumeShape.of(SIZE, 2);
        assertThatThrownBy(() -> scheduler.provision(asked(volume, shape.withClusterSize(Bytes.mib(8)))))
                .hasMessageContaining("pool-on-node-1: it has a cluster size of 4 MiB and not 8 MiB");
        assertThat(stage.specs()).isEmpty();
        assertThat(scheduler.provision(asked(volume, shape.withClusterSize(Bytes.mib(4)))))
                .hasSize(2);
    }

    private static Provision asked(VolumeId volume, VolumeShape shape) {
        return new Provision(volume, shape, shape.numReplicas(), List.of(), List.of(), List.of());
    }

    @Test
    void leavesNothingWhereThereAreTooFewNodes() {
        PoolScheduler scheduler = stage.startWithPools();
        assertRefused(
                Refusal.OutOfCapacity.class,
                () -> scheduler.provision(Stage.provision(stage.promised(1, SIZE, 4), 4, SIZE)));
        assertThat(stage.specs()).isEmpty();
        assertThat(stage.states()).isEmpty();
    }

    @Test
    void triesAnotherPoolWhereOneFails() {
        PoolScheduler scheduler = stage.startWithPools();
        stage.node("node-1").next("createReplica", Fault.REFUSED);
        List<Replica> replicas = scheduler.provision(Stage.provision(stage.promised(1, SIZE, 2), 2, SIZE));
        assertThat(replicas.stream().map(replica -> spec(replica).node().name()))
                .containsExactlyInAnyOrder("node-2", "node-3");
        stage.until("settled", stage::settled);
    }

    @Test
    void undoesEverythingWhereNoOtherPoolIsLeft() {
        PoolScheduler scheduler = stage.startWithPools();
        stage.node("node-1").next("createReplica", Fault.REFUSED);
        assertThatThrownBy(() -> scheduler.provision(Stage.provision(stage.promised(1, SIZE, 3), 3, SIZE)))
                .isInstanceOf(RefusalException.class)
                .hasMessageContaining("pool-on-node-1: it was tried and failed: it does not want to");
        assertThat(stage.specs()).isEmpty();
        assertThat(stage.states()).isEmpty();
    }

    @Test
    void destroysAReplicaThatWasCreatedUnheard() {
        PoolScheduler scheduler = stage.startWithPools();
        stage.node("node-1").next("createReplica", Fault.ANSWER_LOST);
        stage.node("node-1").next("replicas", Fault.REQUEST_LOST);
        List<Replica> replicas = scheduler.provision(Stage.provision(stage.promised(1, SIZE, 2), 2, SIZE));
        assertThat(replicas).hasSize(2);
        stage.until("settled", stage::settled);
        assertThat(stage.states()).hasSize(2);
    }

    @Test
    void neverPromisesTheSameRoomTwice() throws InterruptedException {
        PoolScheduler scheduler = stage.startWithPools();
        var attempts = new ArrayList<Future<List<Replica>>>();
        int placed = 0;
        try (var threads = stage.ambient.threadPerTask()) {
            for (int i = 0; i < 24; i++) {
                VolumeId volume = stage.promised(i, SIZE, 1);
                attempts.add(threads.submit(() -> scheduler.provision(Stage.provision(volume, 1, SIZE))));
            }
            for (var attempt : attempts) {
                try {
                    placed += attempt.get().size();
                } catch (ExecutionException refused) {
                    assertThat(refused.getCause())
                            .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                                    .isInstanceOf(Refusal.OutOfCapacity.class));
                }
            }
        }
        assertThat(placed).isEqualTo(12);
        // No node ever had to refuse for want of room.
        assertThat(stage.all()
                        .mapToLong(node -> node.calls().stream()
                                .filter("createReplica"::equals)
                                .count())
                        .sum())
                .isEqualTo(12);
    }

    @Test
    void deletesReplicas() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 2);
        List<ReplicaId> replicas = ids(scheduler.provision(Stage.provision(volume, 2, SIZE)));
        assertRefused(Refusal.InUse.class, () -> scheduler.deleteReplica(replicas.getFirst(), null));
        assertRefused(Refusal.InUse.class, () -> scheduler.deleteReplica(replicas.getFirst(), Stage.volume(9)));
        replicas.forEach(replica -> scheduler.deleteReplica(replica, volume));
        assertThat(stage.specs()).isEmpty();
        assertThat(stage.states()).isEmpty();
        assertThat(scheduler.replicas()).isEmpty();
        assertRefused(Refusal.NotFound.class, () -> scheduler.deleteReplica(replicas.getFirst(), volume));
    }

    @Test
    void deletesAReplicaWhenItsNodeIsBack() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 3);
        List<Replica> replicas = scheduler.provision(Stage.provision(volume, 3, SIZE));
        Replica first = replicas.stream()
                .filter(replica -> spec(replica).node().equals(N1))
                .findFirst()
                .orElseThrow();
        stage.up("node-1", false);
        scheduler.deleteReplica(first.uuid(), volume);
        assertRefused(Refusal.NotFound.class, () -> scheduler.replica(first.uuid()));
        assertThat(stage.node("node-1").replicas()).hasSize(1);
        stage.up("node-1", true);
        stage.until("settled", stage::settled);
        assertThat(stage.node("node-1").replicas()).isEmpty();
    }

    @Test
    void destroysReplicasWhoseVolumeIsGone() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 2);
        scheduler.provision(Stage.provision(volume, 2, SIZE));
        stage.forget(volume);
        stage.until(
                "no orphans", () -> stage.specs().isEmpty() && stage.states().isEmpty());
    }

    @Test
    void leavesReplicasAloneThatItDoesNotKnow() {
        PoolScheduler scheduler = stage.startWithPools();
        theirs();
        stage.registry.look(N1);
        stage.until("the replica", () -> !scheduler.replicas().toList().isEmpty());
        assertThat(scheduler.replica(id(7)).spec()).isNull();
        scheduler.provision(Stage.provision(stage.promised(1, SIZE, 2), 2, SIZE));
        assertThat(stage.node("node-1").replicas())
                .anyMatch(state -> state.uuid().equals(id(7)));
    }

    @Test
    void sharesAndUnshares() {
        PoolScheduler scheduler = stage.startWithPools();
        ReplicaId replica = ids(scheduler.provision(Stage.provision(stage.promised(1, SIZE, 1), 1, SIZE)))
                .getFirst();
        Replica shared = scheduler.shareReplica(replica, List.of("nqn:a"));
        assertThat(spec(shared).share()).isEqualTo(ShareProtocol.NVMF);
        assertThat(Objects.requireNonNull(shared.state()).uri()).startsWith("nvmf+tcp://");
        assertThat(Objects.requireNonNull(scheduler.replica(replica).state()).hosts())
                .containsExactly("nqn:a");
        assertThat(spec(scheduler.unshareReplica(replica)).share()).isEqualTo(ShareProtocol.NONE);
        assertRefused(Refusal.NotFound.class, () -> scheduler.shareReplica(id(7), List.of()));
    }

    @Test
    void aReplicaWhosePoolIsNotLoadedYetIsNotMissing() {
        PoolScheduler scheduler = stage.startWithPools();
        ReplicaId replica = ids(scheduler.provision(Stage.provision(stage.promised(1, SIZE, 1), 1, SIZE)))
                .getFirst();
        stage.all().forEach(node -> node.next("importPool", Fault.REQUEST_LOST));
        stage.all().forEach(FakeNode::restart);
        assertRefused(Refusal.FailedPrecondition.class, () -> scheduler.shareReplica(replica, List.of()));
    }

    @Test
    void finishesSharingThatNobodyAnswered() {
        PoolScheduler scheduler = stage.startWithPools();
        ReplicaId replica = ids(scheduler.provision(Stage.provision(stage.promised(1, SIZE, 1), 1, SIZE)))
                .getFirst();
        stage.all().forEach(node -> node.next("shareReplica", Fault.REQUEST_LOST));
        assertRefused(Refusal.Aborted.class, () -> scheduler.shareReplica(replica, List.of()));
        stage.until("shared", () -> stage.states().getFirst().share() == ShareProtocol.NVMF && stage.settled());
    }

    @Test
    void sharesAgainWhatIsNotSharedAnyMore() {
        PoolScheduler scheduler = stage.startWithPools();
        Replica replica = scheduler
                .provision(Stage.provision(stage.promised(1, SIZE, 1), 1, SIZE))
                .getFirst();
        scheduler.shareReplica(replica.uuid(), List.of());
        stage.node(spec(replica).node().name()).unshare(replica.uuid());
        stage.registry.look(spec(replica).node());
        stage.until("shared", () -> stage.states().getFirst().share() == ShareProtocol.NVMF);
    }

    @Test
    void createsReplicasByHand() {
        PoolScheduler scheduler = stage.startWithPools();
        var request = new CreateReplicaSpec(id(1), P1, SIZE, false, ShareProtocol.NVMF, List.of());
        Replica replica = scheduler.createReplica(request);
        assertThat(spec(replica).managed()).isFalse();
        assertThat(stage.settled()).isTrue();
        assertRefused(Refusal.AlreadyExists.class, () -> scheduler.createReplica(request));
        assertRefused(
                Refusal.Differs.class,
                () -> scheduler.createReplica(
                        new CreateReplicaSpec(id(1), P1, Bytes.mib(8), false, ShareProtocol.NVMF, List.of())));
        assertRefused(
                Refusal.NotFound.class,
                () -> scheduler.createReplica(
                        new CreateReplicaSpec(id(2), new PoolId("none"), SIZE, false, ShareProtocol.NONE, List.of())));
        assertRefused(
                Refusal.OutOfCapacity.class,
                () -> scheduler.createReplica(
                        new CreateReplicaSpec(id(3), P1, Bytes.gib(1), false, ShareProtocol.NONE, List.of())));
        scheduler.deleteReplica(id(1), null);
        assertThat(stage.states()).isEmpty();
    }

    @Test
    void aReplicaOfSomebodyElseSurvivesThatItsIdWasAskedFor() {
        // Given
        PoolScheduler scheduler = stage.startWithPools();
        theirs();
        // Then
        assertRefused(
                Refusal.Differs.class,
                () -> scheduler.createReplica(
                        new CreateReplicaSpec(id(7), P1, Bytes.mib(128), false, ShareProtocol.NONE, List.of())));
        assertThat(stage.specs()).isEmpty();
        assertThat(stage.node("node-1").replicas()).hasSize(1);
    }

    @Test
    void aCreationByHandThatIsResumedLeavesAReplicaOfSomebodyElseAlone() {
        // Given a promise whose node answered that it has another of that id, and a copy that died of it
        stage.startWithPools();
        theirs();
        stage.stop();
        stage.begin(byHand(id(7), Bytes.mib(128)));
        // When
        stage.start();
        // Then
        stage.until("the promise is withdrawn", () -> stage.specs().isEmpty());
        assertThat(stage.node("node-1").replicas()).hasSize(1);
    }

    @Test
    void aCreationByHandThatIsResumedAndRefusedDestroysNothing() {
        // Given
        stage.startWithPools();
        theirs();
        stage.stop();
        stage.begin(byHand(id(7), Bytes.mib(128)));
        stage.node("node-1").next("createReplica", Fault.REFUSED);
        // When
        stage.start();
        // Then
        stage.until("the promise is withdrawn", () -> stage.specs().isEmpty());
        assertThat(stage.node("node-1").replicas()).hasSize(1);
    }

    @Test
    void aReplicaThatWasThereSurvivesACreationByHandThatNobodyAnswered() {
        // Given one that is as it is asked for, so that it would pass for the one that is made
        PoolScheduler scheduler = stage.startWithPools();
        theirs();
        stage.registry.look(N1);
        stage.until("it is seen", () -> scheduler.replicas().count() == 1);
        stage.node("node-1").next("createReplica", Fault.REQUEST_LOST);
        stage.node("node-1").next("replicas", Fault.REQUEST_LOST);
        // When
        assertRefused(
                Refusal.Aborted.class,
                () -> scheduler.createReplica(
                        new CreateReplicaSpec(id(7), P1, SIZE, false, ShareProtocol.NONE, List.of())));
        // Then
        stage.until("the promise is withdrawn", () -> stage.specs().isEmpty());
        stage.pass(Duration.ofMinutes(3));
        assertThat(stage.node("node-1").replicas()).hasSize(1);
    }

    private static ReplicaSpec byHand(ReplicaId id, Bytes size) {
        return new ReplicaSpec(
                id,
                N1,
                P1,
                size,
                false,
                ShareProtocol.NONE,
                List.of(),
                false,
                ReplicaOwners.NONE,
                ReplicaKind.REGULAR,
                SpecStatus.CREATING,
                null);
    }

    /// A replica that nobody here promised.
    private void theirs() {
        stage.node("node-1")
                .agent()
                .createReplica(new io.orlop.wire.agent.CreateReplica(
                        id(7), "theirs", P1, SIZE, false, ShareProtocol.NONE, List.of()));
    }

    @Test
    void aFollowerSaysWhoLeads() {
        stage.startWithPools();
        PoolScheduler follower = stage.copy();
        stage.until(
                "a follower that knows its leader",
                () -> follower.owner().closed() instanceof Refusal.NotLeader said && said.leader() != null);
        assertRefused(Refusal.NotLeader.class, () -> follower.door().pools());
        assertRefused(Refusal.NotLeader.class, () -> follower.door()
                .provision(Stage.provision(stage.promised(1, SIZE, 1), 1, SIZE)));
        assertThat(stage.specs()).isEmpty();
    }

    @Test
    void aPatrolFindsNothingThatWasNotWoken() {
        PoolScheduler scheduler = stage.startWithPools();
        for (int i = 1; i <= 3; i++) scheduler.provision(Stage.provision(stage.promised(i, SIZE, 3), 3, SIZE));
        ReplicaSpec away = stage.specs().stream()
                .filter(replica -> replica.node().equals(N1))
                .findFirst()
                .orElseThrow();
        stage.up("node-1", false);
        scheduler.deleteReplica(away.uuid(), away.owners().volume());
        stage.pass(Duration.ofMinutes(1));
        stage.node("node-1").restart();
        stage.up("node-1", true);
        stage.forget(Stage.volume(3));
        stage.until("settled", () -> stage.settled() && stage.specs().size() <= 6);
        stage.all().forEach(node -> stage.registry.look(node.id));
        stage.pass(Duration.ofMinutes(2));
        assertThat(stage.found).isEmpty();
    }

    @Test
    void holdsRoomUntilTheRegistryHasReportedIt() {
        PoolScheduler scheduler = stage.startWithPools();
        List<NodeId> nodes = List.of(N1, new NodeId("node-2"), new NodeId("node-3"));
        // The registry is told of nothing: what the agents answered is seen, and no usage contains it.
        for (int i = 1; i <= 4; i++) scheduler.provision(Stage.provision(stage.promised(i, SIZE, 3), 3, SIZE));
        assertThat(stage.states()).hasSize(12);
        int asked = creations();
        assertRefused(
                Refusal.OutOfCapacity.class,
                () -> scheduler.provision(Stage.provision(stage.promised(5, SIZE, 1), 1, SIZE)));
        assertThat(creations()).isEqualTo(asked);
        // Reported, it is taken off once and not twice.
        nodes.forEach(stage.registry::look);
        scheduler.deleteReplica(
                stage.specs().getFirst().uuid(),
                stage.specs().getFirst().owners().volume());
        assertThat(scheduler.provision(Stage.provision(stage.promised(6, SIZE, 1), 1, SIZE)))
                .hasSize(1);
    }

    @Test
    void replacesTheSameReplicaOnceHoweverOftenItIsAsked() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 2);
        ReplicaId lost =
                scheduler.provision(Stage.provision(volume, 2, SIZE)).getFirst().uuid();
        var request = new Provision(volume, VolumeShape.of(SIZE, 2), 2, List.of(), List.of(lost), List.of());
        List<ReplicaId> replaced = ids(scheduler.provision(request));
        assertThat(ids(scheduler.provision(request))).isEqualTo(replaced);
        scheduler.deleteReplica(lost, volume);
        assertThat(ids(scheduler.provision(request))).isEqualTo(replaced);
    }

    @Test
    void sweepsWhatWasBegunAndGivenUp() {
        stage.startWithPools();
        stray(id(1), id(1).toString(), true);
        stage.registry.look(N1);
        stage.until("the sweep", () -> stage.states().isEmpty());
    }

    @Test
    void sweepsACreationThatLandsWhenItIsForgotten() {
        PoolScheduler scheduler = stage.startWithPools();
        stage.node("node-1").next("createReplica", Fault.REQUEST_LOST);
        scheduler.provision(Stage.provision(stage.promised(1, SIZE, 2), 2, SIZE));
        ReplicaSpec givenUp = stage.specs().stream()
                .filter(replica -> replica.node().equals(N1))
                .findFirst()
                .orElseThrow();
        stage.until("its end", () -> stage.specs().size() == 2);
        stray(givenUp.uuid(), givenUp.name(), false);
        stage.registry.look(N1);
        stage.until("the sweep", stage::settled);
    }

    @Test
    void sweepsNothingThatMayBeSomebodysElse() {
        PoolScheduler scheduler = stage.startWithPools();
        stray(id(1), "theirs", true);
        stray(id(2), id(2).toString(), false);
        stray(id(3), id(3).toString(), true);
        stage.node("node-1").agent().shareReplica(id(3), List.of());
        stage.registry.look(N1);
        stage.until("they are shown", () -> scheduler.replicas().count() == 3);
        stage.pass(Duration.ofMinutes(3));
        assertThat(stage.states()).hasSize(3);
        assertThat(stage.found).isEmpty();
    }

    @Test
    void listsAPoolAndANodePageByPageWithWhatNobodyPromised() {
        // Given
        PoolScheduler scheduler = stage.startWithPools();
        List<ReplicaId> here = new ArrayList<>();
        for (int volume = 1; volume <= 3; volume++) {
            for (Replica replica : scheduler.provision(Stage.provision(stage.promised(volume, SIZE, 3), 3, SIZE))) {
                if (spec(replica).node().equals(N1)) here.add(replica.uuid());
            }
        }
        for (int stray = 1; stray <= 2; stray++) {
            stray(id(stray), "theirs", true);
            here.add(id(stray));
        }
        Collections.sort(here);
        stage.nodes.keySet().forEach(stage.registry::look);
        stage.until("the strays", () -> scheduler.replicas().count() == 3 * 3 + 2);
        // Then
        for (ReplicasOf which : List.of(new ReplicasOf.Pool(P1), new ReplicasOf.Node(N1))) {
            assertThat(scheduler.replicas(which).map(Replica::uuid)).containsExactlyElementsOf(here);
            assertThat(pages(scheduler, which, 2)).isEqualTo(here);
        }
        // When the node is away, what nobody promised is not seen
        stage.up("node-1", false);
        stage.until("it is away", () -> scheduler.replicas().count() == 3 * 3);
        here.removeAll(List.of(id(1), id(2)));
        assertThat(pages(scheduler, new ReplicasOf.Pool(P1), 2)).isEqualTo(here);
        assertThat(pages(scheduler, new ReplicasOf.Node(N1), 2)).isEqualTo(here);
    }

    private static List<ReplicaId> pages(PoolScheduler scheduler, ReplicasOf which, int most) {
        var all = new ArrayList<ReplicaId>();
        Page<Replica> page = scheduler.replicas(which, null, most);
        all.addAll(ids(page.entries()));
        while (page.more()) {
            page = scheduler.replicas(which, all.getLast(), most);
            all.addAll(ids(page.entries()));
        }
        return all;
    }

    @Test
    void saysWhyAPoolIsNotImported() {
        PoolScheduler scheduler = stage.startWithPools();
        stage.registry.look(N1);
        stage.node("node-1").loseDisk("/dev/disk");
        stage.registry.look(N1);
        stage.until("blocked", () -> scheduler.blocked(P1) != null);
        assertThat(scheduler.blocked(P1)).contains("node node-1 cannot import it");
        assertFaulted(scheduler.pool(P1));
        assertFaulted(scheduler
                .pools()
                .filter(pool -> pool.id().equals(P1))
                .findFirst()
                .orElseThrow());
        // When the node is away, nobody knows how the pool is.
        stage.up("node-1", false);
        stage.until("it is away", () -> scheduler.pool(P1).state() == null);
    }

    private static void assertFaulted(Pool pool) {
        PoolState state = Objects.requireNonNull(pool.state());
        assertThat(state.status()).isEqualTo(PoolStatus.FAULTED);
        assertThat(state.reason()).startsWith("node node-1 cannot import it: ");
        assertThat(state.disks()).containsExactly("/dev/disk");
        assertThat(state.capacity()).isEqualTo(Bytes.ZERO);
        assertThat(state.used()).isEqualTo(Bytes.ZERO);
    }

    @Test
    void placesNothingInAPoolThatIsNotImported() {
        // Given
        PoolScheduler scheduler = stage.startWithPools();
        stage.registry.look(N1);
        stage.node("node-1").loseDisk("/dev/disk");
        stage.registry.look(N1);
        stage.until(
                "it is faulted", () -> scheduler.pool(P1).state() instanceof PoolState state && state.reason() != null);
        // Then
        assertThatThrownBy(() -> scheduler.provision(Stage.provision(stage.promised(1, SIZE, 3), 3, SIZE)))
                .hasMessageContaining(P1.name())
                .hasMessageContaining("its node node-1 does not report it");
        assertThat(scheduler.provision(Stage.provision(stage.promised(2, SIZE, 2), 2, SIZE)))
                .hasSize(2);
    }

    private void stray(ReplicaId id, String name, boolean thin) {
        stage.node("node-1")
                .agent()
                .createReplica(new io.orlop.wire.agent.CreateReplica(
                        id, name, P1, Bytes.mib(4), thin, ShareProtocol.NONE, List.of()));
    }

    private int creations() {
        return stage.all()
                .mapToInt(node -> (int)
                        node.calls().stream().filter("createReplica"::equals).count())
                .sum();
    }

    @Test
    void leavesTheWordToTheLeader() {
        stage.startWithPools();
        stage.stop();
        PoolScheduler next = stage.start();
        assertThat(next.pools()).hasSize(3);
    }

    private static PoolSpec spec(Pool pool) {
        return Objects.requireNonNull(pool.spec());
    }

    private static ReplicaSpec spec(Replica replica) {
        return Objects.requireNonNull(replica.spec());
    }

    private static List<ReplicaId> ids(List<Replica> replicas) {
        return replicas.stream().map(Replica::uuid).toList();
    }

    private static ReplicaId id(int number) {
        return ReplicaId.of("00000000-0000-4000-9000-%012d".formatted(number));
    }

    private static void assertRefused(Class<? extends Refusal> refusal, Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isInstanceOf(refusal));
    }
}
