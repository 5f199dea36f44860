package io.orlop.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who needs a replica. A replica that all owners have disowned is an orphan, and is destroyed.
public record ReplicaOwners(@Nullable VolumeId volume, List<NexusId> nexuses) {
    public static final ReplicaOwners NONE = new ReplicaOwners(null, List.of());

    public ReplicaOwners {
        nexuses = List.copyOf(nexuses);
    }

    public static ReplicaOwners of(VolumeId volume) {
        return new ReplicaOwners(volume, List.of());
    }

    public boolean none() {
        return volume == null && nexuses.isEmpty();
    }
}
