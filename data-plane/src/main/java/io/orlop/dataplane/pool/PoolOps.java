package io.orlop.dataplane.pool;

import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.ReplicaId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// An open pool. Whatever changes it is on the medium when the call returns.
public interface PoolOps extends AutoCloseable {
    String name();

    PoolUuid uuid();

    long clusterSize();

    /// What replicas can take in all, in bytes.
    long capacity();

    /// What they have taken.
    long used();

    /// Grows with every change of what is used, and of whatever else is kept; begins anywhere.
    long changes();

    /// What they were promised; with thin replicas it may exceed the capacity.
    long committed();

    /// Degraded: everything is there, and its disk has lost something of which there was another copy.
    PoolStatus status();

    /// In the order of their ids.
    List<ReplicaOps> replicas();

    default Optional<ReplicaOps> replica(ReplicaId uuid) {
        return replicas().stream()
                .filter(replica -> replica.uuid().equals(uuid))
                .findFirst();
    }

    /// Makes a replica of at least this size that reads as zeroes where a file system would look for its own.
    ReplicaOps create(ReplicaId uuid, String name, long size, boolean thin, ReplicaProperties properties)
            throws IOException;

    void destroy(ReplicaId uuid) throws IOException;

    /// Makes the disk blank again; the pool and everything in it is gone.
    void destroy() throws IOException;

    /// Lets the disk go at once, whatever is under way, as if the process died here.
    void abandon();

    /// Lets the disk go, its content as it is.
    @Override
    void close() throws IOException;
}
