package io.orlop.wire.ioengine;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.stubs.mayastor.v1.Pool;
import io.orlop.stubs.mayastor.v1.PoolType;

/// Pools on the wire. A message does not say which node it comes from: the reader knows whom it asked.
final class PoolCodec {
    /// What every pool of the engine reports as its metadata page.
    private static final int PAGE_SIZE = 4096;

    private PoolCodec() {}

    static Pool proto(PoolState pool) {
        return Pool.newBuilder()
                .setUuid(pool.uuid().toString())
                .setName(pool.id().name())
                .addAllDisks(pool.disks())
                .setState(proto(pool.status()))
                .setCapacity(pool.capacity().count())
                .setUsed(pool.used().count())
                .setPooltype(PoolType.Lvs)
                .setCommitted(pool.committed().count())
                .setClusterSize(Math.toIntExact(pool.clusterSize().count()))
                .setPageSize(PAGE_SIZE)
                .setDiskCapacity(pool.capacity().count())
                .build();
    }

    static PoolState state(NodeId node, Pool pool) {
        return new PoolState(
                new PoolId(pool.getName()),
                PoolUuid.of(pool.getUuid()),
                node,
                pool.getDisksList(),
                status(pool.getState()),
                Bytes.of(pool.getCapacity()),
                Bytes.of(pool.getUsed()),
                Bytes.of(pool.getCommitted()),
                Bytes.of(Integer.toUnsignedLong(pool.getClusterSize())));
    }

    private static io.orlop.stubs.mayastor.v1.PoolState proto(PoolStatus status) {
        return switch (status) {
            case UNKNOWN -> io.orlop.stubs.mayastor.v1.PoolState.POOL_UNKNOWN;
            case ONLINE -> io.orlop.stubs.mayastor.v1.PoolState.POOL_ONLINE;
            case DEGRADED -> io.orlop.stubs.mayastor.v1.PoolState.POOL_DEGRADED;
            case FAULTED -> io.orlop.stubs.mayastor.v1.PoolState.POOL_FAULTED;
        };
    }

    /// A suspected pool, which newer engines know, still works: new replicas go elsewhere, as with a degraded one.
    private static PoolStatus status(io.orlop.stubs.mayastor.v1.PoolState state) {
        return switch (state) {
            case POOL_UNKNOWN, UNRECOGNIZED -> PoolStatus.UNKNOWN;
            case POOL_ONLINE -> PoolStatus.ONLINE;
            case POOL_DEGRADED, POOL_SUSPECTED -> PoolStatus.DEGRADED;
            case POOL_FAULTED -> PoolStatus.FAULTED;
        };
    }
}
