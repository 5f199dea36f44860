/// Pools and the replicas in them: a logical volume store with a crash-safe format of its own, behind a seam
/// ([PoolFactory], [PoolOps], [ReplicaOps]) that other kinds of pool can be put behind.
@NullMarked
package io.orlop.dataplane.pool;

import org.jspecify.annotations.NullMarked;
