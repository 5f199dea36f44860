package io.orlop.dataplane.pool;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.model.ReplicaId;
import java.io.IOException;

/// A replica of an open pool.
public interface ReplicaOps {
    ReplicaId uuid();

    String name();

    long size();

    boolean thin();

    ReplicaProperties properties();

    /// Replaces the properties; on the medium when it returns.
    void describe(ReplicaProperties properties) throws IOException;

    long clusters();

    long allocatedClusters();

    /// Its blocks. Closing the device leaves the replica as it is.
    BlockDevice device();
}
