package io.orlop.scheduler;

import static io.orlop.scheduler.Stage.N1;
import static io.orlop.scheduler.Stage.SIZE;
import static io.orlop.scheduler.Stage.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Refusal;
import io.orlop.model.ReplicaSpec;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Copies of the service, and what they look at by themselves.
@Timeout(120)
class PoolSchedulerTest {
    private final Stage stage = new Stage(3);

    @AfterEach
    void close() {
        stage.close();
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
        scheduler.deleteReplica(away.uuid(), stage.mandate(away.owners().volume()));
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
    void leavesTheWordToTheLeader() {
        stage.startWithPools();
        stage.stop();
        PoolScheduler next = stage.start();
        assertThat(next.pools()).hasSize(3);
    }
}
