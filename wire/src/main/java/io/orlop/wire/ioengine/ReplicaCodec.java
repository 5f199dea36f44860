package io.orlop.wire.ioengine;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.stubs.mayastor.v1.PoolType;
import io.orlop.stubs.mayastor.v1.Replica;
import io.orlop.stubs.mayastor.v1.ReplicaSpaceUsage;
import io.orlop.wire.json.Interned;

/// Replicas on the wire. The engine reports no health of a replica: one that is listed is online.
final class ReplicaCodec {
    private ReplicaCodec() {}

    static Replica proto(ReplicaState replica) {
        return Replica.newBuilder()
                .setName(replica.name())
                .setUuid(replica.uuid().toString())
                .setPooluuid(replica.poolUuid().toString())
                .setPoolname(replica.pool().name())
                .setSize(replica.size().count())
                .setThin(replica.thin())
                .setShare(ShareCodec.proto(replica.share()))
                .setUri(replica.uri())
                .setUsage(proto(replica.space()))
                .addAllAllowedHosts(replica.hosts())
                .setIsSnapshot(replica.kind() == ReplicaKind.SNAPSHOT)
                .setIsClone(replica.kind() == ReplicaKind.SNAPSHOT_CLONE)
                .setPooltype(PoolType.Lvs)
                .build();
    }

    static ReplicaState state(NodeId node, Replica replica) {
        return new ReplicaState(
                ReplicaId.of(replica.getUuid()),
                replica.getName(),
                node,
                Interned.pool(replica.getPoolname()),
                Interned.poolUuid(replica.getPooluuid()),
                Bytes.of(replica.getSize()),
                replica.getThin(),
                ShareCodec.share(replica.getShare()),
                replica.getUri(),
                replica.getAllowedHostsList(),
                space(replica.getUsage()),
                kind(replica),
                ReplicaStatus.ONLINE);
    }

    private static ReplicaKind kind(Replica replica) {
        if (replica.getIsSnapshot()) return ReplicaKind.SNAPSHOT;
        return replica.getIsClone() ? ReplicaKind.SNAPSHOT_CLONE : ReplicaKind.REGULAR;
    }

    private static ReplicaSpaceUsage proto(ReplicaSpace space) {
        return ReplicaSpaceUsage.newBuilder()
                .setCapacityBytes(space.capacity().count())
                .setAllocatedBytes(space.allocated().count())
                .setClusterSize(space.clusterSize().count())
                .setNumClusters(space.clusters())
                .setNumAllocatedClusters(space.allocatedClusters())
                .build();
    }

    private static ReplicaSpace space(ReplicaSpaceUsage usage) {
        return new ReplicaSpace(
                Bytes.of(usage.getCapacityBytes()),
                Bytes.of(usage.getAllocatedBytes()),
                Bytes.of(usage.getClusterSize()),
                usage.getNumClusters(),
                usage.getNumAllocatedClusters());
    }
}
