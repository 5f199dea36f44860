package io.orlop.scheduler;

import static io.orlop.scheduler.Stage.N1;
import static io.orlop.scheduler.Stage.SIZE;
import static io.orlop.scheduler.Stage.assertRefused;
import static io.orlop.scheduler.Stage.id;
import static io.orlop.scheduler.Stage.ids;
import static io.orlop.scheduler.Stage.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.AllowedHost;
import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ShareProtocol;
import io.orlop.model.VolumeId;
import io.orlop.scheduler.FakeNode.Fault;
import io.orlop.wire.service.Mandate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of replicas once they are there.
@Timeout(120)
class ReplicaLifeTest {
    private final Stage stage = new Stage(3);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void deletesReplicas() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 2);
        List<ReplicaId> replicas = ids(scheduler.provision(Stage.provision(volume, 2, SIZE)));
        assertRefused(Refusal.InUse.class, () -> scheduler.deleteReplica(replicas.getFirst(), null));
        assertRefused(
                Refusal.InUse.class,
                () -> scheduler.deleteReplica(replicas.getFirst(), stage.mandate(Stage.volume(9))));
        replicas.forEach(replica -> scheduler.deleteReplica(replica, stage.mandate(volume)));
        assertThat(stage.specs()).isEmpty();
        assertThat(stage.states()).isEmpty();
        assertThat(scheduler.replicas()).isEmpty();
        assertRefused(
                Refusal.NotFound.class, () -> scheduler.deleteReplica(replicas.getFirst(), stage.mandate(volume)));
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
        scheduler.deleteReplica(first.uuid(), stage.mandate(volume));
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
    void letsANodeInFromItsOwnAddressesOnly() {
        PoolScheduler scheduler = stage.startWithPools();
        var nexusNode = new NodeId("node-9");
        stage.comesFrom(nexusNode, "10.0.0.9", "fd00:0:0:0:0:0:0:9");
        Replica replica = scheduler
                .provision(Stage.provision(stage.promised(1, SIZE, 1), 1, SIZE))
                .getFirst();
        FakeNode node = stage.node(spec(replica).node().name());

        Replica shared = scheduler.shareReplica(replica.uuid(), List.of(nexusNode.nqn(), "nqn:a"));
        assertThat(node.allowed())
                .containsExactly(
                        new AllowedHost(nexusNode.nqn(), List.of("10.0.0.9", "fd00::9")),
                        AllowedHost.fromAnywhere("nqn:a"));
        assertThat(Objects.requireNonNull(shared.state()).hosts()).containsExactly(nexusNode.nqn(), "nqn:a");

        stage.comesFrom(nexusNode, "10.0.0.10");
        stage.until("shared with where it comes from now", () -> node.allowed()
                .contains(new AllowedHost(nexusNode.nqn(), List.of("10.0.0.10"))));
        assertThat(stage.found).isEmpty();
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
    void destroysNothingForAVolumeThatHasChangedSince() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 2);
        List<ReplicaId> replicas = ids(scheduler.provision(Stage.provision(volume, 2, SIZE)));
        Mandate decided = stage.mandate(volume);
        stage.promised(1, SIZE, 3);
        assertRefused(Refusal.Conflict.class, () -> scheduler.deleteReplica(replicas.getFirst(), decided));
        assertRefused(
                Refusal.Conflict.class, () -> scheduler.deleteReplica(replicas.getFirst(), Mandate.ofAll(volume, 0)));
        assertThat(stage.states()).hasSize(2);
        assertThat(stage.specs()).allMatch(ReplicaBook::visible);
    }

    @Test
    void ofTwoThatAreSparedBecauseOfEachOtherOneStays() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 2);
        List<ReplicaId> replicas = ids(scheduler.provision(Stage.provision(volume, 2, SIZE)));
        long revision = stage.mandate(volume).revision();
        scheduler.deleteReplica(replicas.getFirst(), new Mandate(volume, revision, List.of(replicas.getLast())));
        assertRefused(
                Refusal.Conflict.class,
                () -> scheduler.deleteReplica(
                        replicas.getLast(), new Mandate(volume, revision, List.of(replicas.getFirst()))));
        assertThat(stage.states()).hasSize(1);
    }
}
