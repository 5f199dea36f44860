package io.orlop.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.NodeSpec;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SurveyTest {
    private static final NodeId NODE = new NodeId("node-1");
    private static final PoolId POOL = new PoolId("pool-1");
    private static final PoolUuid POOL_UUID = PoolUuid.of("00000000-0000-4000-8000-00000000000a");
    private static final ReplicaId REPLICA = ReplicaId.of("00000000-0000-4000-8000-000000000001");
    private static final VolumeId VOLUME = VolumeId.of("00000000-0000-4000-8000-0000000000ff");

    @Test
    void takesOffWhatIsPromisedAndNotYetReported() {
        assertThat(room(List.of(replica(SpecStatus.CREATING, false)), List.of()).free())
                .isEqualTo(Bytes.mib(96));
        assertThat(room(List.of(replica(SpecStatus.CREATED, false)), List.of()).free())
                .isEqualTo(Bytes.mib(96));
    }

    @Test
    void countsWhatIsReportedOnce() {
        assertThat(room(List.of(replica(SpecStatus.CREATED, false)), List.of(reported()))
                        .free())
                .isEqualTo(Bytes.mib(100));
    }

    @Test
    void forgetsWhatIsBeingDeleted() {
        assertThat(room(List.of(replica(SpecStatus.DELETING, false)), List.of()).free())
                .isEqualTo(Bytes.mib(100));
    }

    @Test
    void takesOffOnlyTheFirstShareOfAThinReplica() {
        Room room = room(List.of(replica(SpecStatus.CREATING, true)), List.of());
        assertThat(room.free())
                .isEqualTo(Bytes.mib(100).minus(Bytes.of(Bytes.kib(3000).count() * 40 / 100)));
        assertThat(room.committed()).isEqualTo(Bytes.mib(4));
    }

    @Test
    void countsTheReplicasOfTheGroupOnANode() {
        var survey = survey(List.of(replica(SpecStatus.CREATED, false)), List.of());
        assertThat(survey.candidates(List.of(VOLUME)).getFirst().neighbours()).containsExactly(VOLUME);
        assertThat(survey.candidates(List.of()).getFirst().neighbours()).isEmpty();
    }

    @Test
    void knowsNothingOfAPoolThatIsNotReported() {
        var offline = new Survey(
                List.of(new PoolSpec(POOL, NODE, List.of("/dev/x"), Map.of(), SpecStatus.CREATED)),
                List.of(),
                Map.of(),
                Map.of(),
                Commitment.DEFAULT);
        Candidate pool = offline.candidates(List.of()).getFirst();
        assertThat(pool.online()).isFalse();
        assertThat(pool.room()).isNull();
    }

    private static Room room(List<ReplicaSpec> specs, List<ReplicaState> states) {
        return Objects.requireNonNull(
                survey(specs, states).candidates(List.of()).getFirst().room());
    }

    private static Survey survey(List<ReplicaSpec> specs, List<ReplicaState> states) {
        var pool = new PoolState(
                POOL,
                POOL_UUID,
                NODE,
                List.of("aio:///dev/x"),
                PoolStatus.ONLINE,
                Bytes.mib(128),
                Bytes.mib(28),
                Bytes.ZERO,
                Bytes.mib(4));
        var node = new NodeState(NODE, "127.0.0.1:1", NodeStatus.ONLINE, null, null, null);
        return new Survey(
                List.of(new PoolSpec(POOL, NODE, List.of("/dev/x"), Map.of(), SpecStatus.CREATED)),
                specs,
                Map.of(NODE, new NodeSpec(NODE, "127.0.0.1:1", Map.of(), List.of(), null, null)),
                Map.of(NODE, new NodeObservation(node, List.of(pool), states, List.of())),
                Commitment.DEFAULT);
    }

    private static ReplicaSpec replica(SpecStatus status, boolean thin) {
        return new ReplicaSpec(
                REPLICA,
                NODE,
                POOL,
                Bytes.kib(3000),
                thin,
                ShareProtocol.NONE,
                List.of(),
                true,
                ReplicaOwners.of(VOLUME),
                ReplicaKind.REGULAR,
                status,
                null);
    }

    private static ReplicaState reported() {
        return new ReplicaState(
                REPLICA,
                REPLICA.toString(),
                NODE,
                POOL,
                POOL_UUID,
                Bytes.mib(4),
                false,
                ShareProtocol.NONE,
                "bdev:///x",
                List.of(),
                new ReplicaSpace(Bytes.mib(4), Bytes.mib(4), Bytes.mib(4), 1, 1),
                ReplicaKind.REGULAR,
                ReplicaStatus.ONLINE);
    }
}
