package io.orlop.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.VolumeId;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every change, with the process ending at each of its steps, before the step or after it; then another copy takes
/// over.
@Timeout(240)
class CrashTest {
    private static final Bytes SIZE = Bytes.mib(64);
    private static final NodeId N1 = new NodeId("node-1");
    private static final PoolId P1 = new PoolId("pool-on-node-1");
    private static final int STEPS_MOST = 60;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aVolumeGetsItsReplicas(boolean done) {
        crashAtEveryStep(
                done,
                3,
                (stage, scheduler) -> stage.promised(1, SIZE, 2),
                (stage, copy) -> {
                    copy.provision(Stage.provision(Stage.volume(1), 2, SIZE));
                },
                (stage, next) -> {
                    List<Replica> replicas = next.provision(Stage.provision(Stage.volume(1), 2, SIZE));
                    stage.until("settled", stage::settled);
                    assertThat(replicas).hasSize(2);
                    assertThat(stage.specs()).hasSize(2);
                    assertThat(stage.specs().stream().map(ReplicaSpec::node).distinct())
                            .hasSize(2);
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsLeftOfAVolumeThatIsGivenUp(boolean done) {
        crashAtEveryStep(
                done,
                3,
                (stage, scheduler) -> stage.promised(1, SIZE, 2),
                (stage, copy) -> {
                    copy.provision(Stage.provision(Stage.volume(1), 2, SIZE));
                },
                (stage, next) -> {
                    stage.forget(Stage.volume(1));
                    stage.until(
                            "nothing left",
                            () -> stage.specs().isEmpty() && stage.states().isEmpty());
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void replicasThatWereDeletedAreGone(boolean done) {
        crashAtEveryStep(
                done,
                2,
                (stage, scheduler) -> {
                    VolumeId volume = stage.promised(1, SIZE, 2);
                    scheduler.provision(Stage.provision(volume, 2, SIZE));
                },
                (stage, copy) -> {
                    for (ReplicaId replica : copy.replicas().map(Replica::uuid).toList()) {
                        copy.deleteReplica(replica, stage.mandate(Stage.volume(1)));
                    }
                },
                (stage, next) -> {
                    for (ReplicaId replica : next.replicas().map(Replica::uuid).toList()) {
                        next.deleteReplica(replica, stage.mandate(Stage.volume(1)));
                    }
                    stage.until(
                            "nothing left",
                            () -> stage.specs().isEmpty() && stage.states().isEmpty());
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReplicaIsSharedAsPromised(boolean done) {
        crashAtEveryStep(
                done,
                1,
                (stage, scheduler) -> {
                    scheduler.provision(Stage.provision(stage.promised(1, SIZE, 1), 1, SIZE));
                },
                (stage, copy) -> {
                    copy.shareReplica(copy.replicas().toList().getFirst().uuid(), List.of("nqn:a"));
                },
                (stage, next) -> stage.until(
                        "settled",
                        () -> stage.settled()
                                && stage.specs().getFirst().share()
                                        == stage.states().getFirst().share()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPoolIsThereOrNot(boolean done) {
        crashAtEveryStep(
                done,
                1,
                (stage, scheduler) -> scheduler.deletePool(P1),
                (stage, copy) -> {
                    Stage.pool(copy, N1);
                },
                (stage, next) -> stage.until(
                        "settled",
                        () -> next.pools().toList().isEmpty()
                                        == stage.node("node-1").pools().isEmpty()
                                && next.pools()
                                        .allMatch(pool -> pool.spec() != null
                                                && !pool.spec().dirty())));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPoolThatIsToGoIsGone(boolean done) {
        crashAtEveryStep(done, 1, (stage, scheduler) -> {}, (stage, copy) -> copy.deletePool(P1), (stage, next) -> {
            stage.until(
                    "settled",
                    () -> next.pools().toList().isEmpty()
                                    == stage.node("node-1").pools().isEmpty()
                            && next.pools()
                                    .allMatch(pool ->
                                            pool.spec() != null && !pool.spec().dirty()));
        });
    }

    private interface Scene {
        void play(Stage stage, PoolScheduler scheduler);
    }

    private static void crashAtEveryStep(boolean done, int nodes, Scene before, Scene change, Scene after) {
        for (int step = 1; step <= STEPS_MOST; step++) {
            try (var stage = new Stage(nodes)) {
                before.play(stage, stage.startWithPools());
                stage.stop();
                var crash = new Crash(step, done);
                PoolScheduler doomed = stage.start(crash);
                attempt(stage, doomed, change);
                boolean crashed = crash.happened();
                stage.stop();
                after.play(stage, stage.start());
                if (!crashed) return;
            }
        }
        throw new AssertionError("it takes more than " + STEPS_MOST + " steps");
    }

    private static void attempt(Stage stage, PoolScheduler doomed, Scene change) {
        try {
            change.play(stage, doomed);
        } catch (RuntimeException thrown) {
            // What the caller sees when the process ends under it.
        }
    }
}
