package io.orlop.scheduler;

import static io.orlop.scheduler.Stage.N1;
import static io.orlop.scheduler.Stage.P1;
import static io.orlop.scheduler.Stage.SIZE;
import static io.orlop.scheduler.Stage.assertRefused;
import static io.orlop.scheduler.Stage.id;
import static io.orlop.scheduler.Stage.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Refusal;
import io.orlop.model.SpecStatus;
import io.orlop.scheduler.FakeNode.Fault;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A pool goes if nothing is in it, by the word of its node.
@Timeout(120)
class PoolDeletionTest {
    private final Stage stage = new Stage(3);

    @AfterEach
    void close() {
        stage.close();
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
        stage.theirs(id(7));
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
    void aDeletionThatIsResumedKeepsAUsedPoolWhoseDiskIsGone() {
        // Given
        stage.startWithPools().provision(Stage.provision(stage.promised(1, SIZE, 3), 3, SIZE));
        stage.stop();
        stage.node("node-1").loseDisk("/dev/disk");
        stage.begin(P1, SpecStatus.DELETING);
        // When
        PoolScheduler next = stage.start();
        // Then
        stage.until("it is kept", () -> next.pools()
                .anyMatch(pool -> pool.id().equals(P1) && spec(pool).status() == SpecStatus.CREATED));
    }

    @Test
    void aDeletionLooksIntoAPoolThatItsNodeHadNotLoaded() {
        // Given a replica that nobody here knows, and a node that was started again a moment ago
        PoolScheduler scheduler = stage.startWithPools();
        stage.theirs(id(7));
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
}
