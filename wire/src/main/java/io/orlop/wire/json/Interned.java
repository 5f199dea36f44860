package io.orlop.wire.json;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolUuid;

/// Names that thousands of values repeat, one object for each: what a process knows of 200,000 replicas would otherwise
/// hold a million copies of the names of their pools and nodes. A name that nobody holds any more is forgotten.
public final class Interned {
    private static final Interner<NodeId> NODES = Interners.newWeakInterner();
    private static final Interner<PoolId> POOLS = Interners.newWeakInterner();
    private static final Interner<PoolUuid> POOL_UUIDS = Interners.newWeakInterner();

    private Interned() {}

    public static NodeId node(String name) {
        return NODES.intern(new NodeId(name));
    }

    public static PoolId pool(String name) {
        return POOLS.intern(new PoolId(name));
    }

    public static PoolUuid poolUuid(String text) {
        return POOL_UUIDS.intern(PoolUuid.of(text));
    }
}
