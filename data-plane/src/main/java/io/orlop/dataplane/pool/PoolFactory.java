package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import io.orlop.model.PoolUuid;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A kind of pool. The disk is the factory's from the call on: a refusal closes it, and so does the pool.
public interface PoolFactory {
    /// Opens the pool that the disk carries, or makes one where it carries nothing. A disk with any other content is
    /// refused and left as it is.
    ///
    /// @param uuid what the pool must be, or is given; null for any
    PoolOps createOrImport(String name, @Nullable PoolUuid uuid, long clusterSize, Disk disk) throws IOException;

    /// Opens the pool that the disk carries.
    PoolOps load(String name, @Nullable PoolUuid uuid, Disk disk) throws IOException;
}
