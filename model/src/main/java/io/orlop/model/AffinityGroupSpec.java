package io.orlop.model;

import java.util.List;

/// Volumes whose replicas and targets keep apart, such as those of one StatefulSet. Kept at `/affinity_groups/{id}`.
public record AffinityGroupSpec(AffinityGroupId id, List<VolumeId> volumes) {
    public AffinityGroupSpec {
        volumes = List.copyOf(volumes);
    }
}
