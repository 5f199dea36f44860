package io.orlop.wire.service;

import io.orlop.model.RebuildRecord;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.wire.rpc.Repeatable;
import java.util.List;

/// volume-service: what the user wants.
public interface Volumes {
    /// @param start index of the first one, in the order of their ids
    /// @param most how many; 0 for all
    @Repeatable
    Page<Volume> volumes(int start, int most);

    @Repeatable
    Volume volume(VolumeId volume);

    /// With the same parameters, asking again while the volume is being created goes on; once it is created,
    /// AlreadyExists. With others, Conflict. OutOfCapacity leaves nothing behind.
    Volume create(CreateVolume request);

    /// Nothing is left when it returns, or as soon as the nodes that were away are back. NotFound if there is none;
    /// InUse while it is published.
    void delete(VolumeId volume);

    /// AlreadyPublished if it is, elsewhere or for another host.
    Volume publish(VolumeId volume, PublishVolume request);

    /// NotPublished if it is not.
    ///
    /// @param force also if the node that serves it is away
    Volume unpublish(VolumeId volume, boolean force);

    /// One more or one less at a time.
    Volume setReplicaCount(VolumeId volume, int count);

    Volume setMaxSnapshots(VolumeId volume, int most);

    @Repeatable
    List<RebuildRecord> rebuildHistory(VolumeId volume);
}
