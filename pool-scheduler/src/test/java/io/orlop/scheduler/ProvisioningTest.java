package io.orlop.scheduler;

import static io.orlop.scheduler.Stage.N1;
import static io.orlop.scheduler.Stage.SIZE;
import static io.orlop.scheduler.Stage.assertRefused;
import static io.orlop.scheduler.Stage.ids;
import static io.orlop.scheduler.Stage.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.scheduler.FakeNode.Fault;
import io.orlop.wire.service.Provision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A volume gets as many replicas as it should have, or none.
@Timeout(120)
class ProvisioningTest {
    private final Stage stage = new Stage(3);

    @AfterEach
    void close() {
        stage.close();
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
    void replacesTheSameReplicaOnceHoweverOftenItIsAsked() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 2);
        ReplicaId lost =
                scheduler.provision(Stage.provision(volume, 2, SIZE)).getFirst().uuid();
        var request = new Provision(volume, VolumeShape.of(SIZE, 2), 2, List.of(), List.of(lost), List.of());
        List<ReplicaId> replaced = ids(scheduler.provision(request));
        assertThat(ids(scheduler.provision(request))).isEqualTo(replaced);
        scheduler.deleteReplica(lost, stage.mandate(volume));
        assertThat(ids(scheduler.provision(request))).isEqualTo(replaced);
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
                stage.mandate(stage.specs().getFirst().owners().volume()));
        assertThat(scheduler.provision(Stage.provision(stage.promised(6, SIZE, 1), 1, SIZE)))
                .hasSize(1);
    }

    private int creations() {
        return stage.all()
                .mapToInt(node -> (int)
                        node.calls().stream().filter("createReplica"::equals).count())
                .sum();
    }
}
