package io.orlop.scheduler;

import static io.orlop.scheduler.Stage.N1;
import static io.orlop.scheduler.Stage.P1;
import static io.orlop.scheduler.Stage.SIZE;
import static io.orlop.scheduler.Stage.assertRefused;
import static io.orlop.scheduler.Stage.id;
import static io.orlop.scheduler.Stage.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.scheduler.FakeNode.Fault;
import io.orlop.wire.service.CreateReplicaSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A person chooses the pool and the id: what is there under that id may be somebody else's.
@Timeout(120)
class ReplicaByHandTest {
    private final Stage stage = new Stage(3);

    @AfterEach
    void close() {
        stage.close();
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
        stage.theirs(id(7));
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
        stage.theirs(id(7));
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
        stage.theirs(id(7));
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
        stage.theirs(id(7));
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
}
