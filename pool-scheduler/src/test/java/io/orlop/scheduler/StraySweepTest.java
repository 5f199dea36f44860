package io.orlop.scheduler;

import static io.orlop.scheduler.Stage.N1;
import static io.orlop.scheduler.Stage.SIZE;
import static io.orlop.scheduler.Stage.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.ReplicaSpec;
import io.orlop.scheduler.FakeNode.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What nobody promised is removed where it can only be ours, and otherwise left alone.
@Timeout(120)
class StraySweepTest {
    private final Stage stage = new Stage(3);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void leavesReplicasAloneThatItDoesNotKnow() {
        PoolScheduler scheduler = stage.startWithPools();
        stage.theirs(id(7));
        stage.registry.look(N1);
        stage.until("the replica", () -> !scheduler.replicas().toList().isEmpty());
        assertThat(scheduler.replica(id(7)).spec()).isNull();
        scheduler.provision(Stage.provision(stage.promised(1, SIZE, 2), 2, SIZE));
        assertThat(stage.node("node-1").replicas())
                .anyMatch(state -> state.uuid().equals(id(7)));
    }

    @Test
    void sweepsWhatWasBegunAndGivenUp() {
        stage.startWithPools();
        stage.stray(id(1), id(1).toString(), true);
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
        stage.stray(givenUp.uuid(), givenUp.name(), false);
        stage.registry.look(N1);
        stage.until("the sweep", stage::settled);
    }

    @Test
    void sweepsNothingThatMayBeSomebodysElse() {
        PoolScheduler scheduler = stage.startWithPools();
        stage.stray(id(1), "theirs", true);
        stage.stray(id(2), id(2).toString(), false);
        stage.stray(id(3), id(3).toString(), true);
        stage.node("node-1").agent().shareReplica(id(3), List.of());
        stage.registry.look(N1);
        stage.until("they are shown", () -> scheduler.replicas().count() == 3);
        stage.pass(Duration.ofMinutes(3));
        assertThat(stage.states()).hasSize(3);
        assertThat(stage.found).isEmpty();
    }
}
