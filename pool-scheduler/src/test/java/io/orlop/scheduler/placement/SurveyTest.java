package io.orlop.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.Room;
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
    private static final PoolSpec POOL_SPEC = new PoolSpec(POOL, NODE, List.of("/dev/x"), Map.of(), SpecStatus.CREATED);
    private static final ReplicaId REPLICA = ReplicaId.of("00000000-0000-4000-8000-000000000001");
    private static final VolumeId VOLUME = VolumeId.of("00000000-0000-4000-8000-0000000000ff");

    @Test
    void takesOffWhatIsPromisedAndNotYetReported() {
        assertThat(room(List.of(replica(SpecStatus.CREATING, false))).free()).isEqualTo(Bytes.mib(96));
        assertThat(room(List.of(replica(SpecStatus.CREATED, false))).free()).isEqualTo(Bytes.mib(96));
    }

    @Test
    void takesOffWhatIsOnItsWayOutAndMayHaveBeenMade() {
        assertThat(room(List.of(replica(SpecStatus.DELETING, false))).free()).isEqualTo(Bytes.mib(96));
    }

    @Test
    void offersWhatIsReportedWhereNothingIsPending() {
        assertThat(room(List.of()).free()).isEqualTo(Bytes.mib(100));
    }

    @Test
    void takesOffOnlyTheFirstShareOfAThinReplica() {
        Room room = room(List.of(replica(SpecStatus.CREATING, true)));
        assertThat(room.free())
                .isEqualTo(Bytes.mib(100).minus(Bytes.of(Bytes.kib(3000).count() * 40 / 100)));
        assertThat(room.committed()).isEqualTo(Bytes.mib(4));
    }

    @Test
    void knowsNothingOfAPoolThatIsNotReported() {
        Candidate pool =
                new Survey(Commitment.DEFAULT).candidate(POOL_SPEC, null, false, null, List.of(), 0, List.of());
        assertThat(pool.online()).isFalse();
        assertThat(pool.room()).isNull();
    }

    private static Room room(List<ReplicaSpec> pending) {
        var state = new PoolState(
                POOL,
                POOL_UUID,
                NODE,
                List.of("aio:///dev/x"),
                PoolStatus.ONLINE,
                Bytes.mib(128),
                Bytes.mib(28),
                Bytes.ZERO,
                Bytes.mib(4));
        var node = new NodeSpec(NODE, "127.0.0.1:1", Map.of(), List.of(), null, null);
        return Objects.requireNonNull(new Survey(Commitment.DEFAULT)
                .candidate(POOL_SPEC, node, true, state, pending, pending.size(), List.of())
                .room());
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
}
