package io.orlop.wire.service;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.Bytes;
import io.orlop.model.Topology;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumePolicy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

public record CreateVolume(
        VolumeId volume,
        Bytes size,
        int replicas,
        boolean thin,
        VolumePolicy policy,
        Topology topology,
        Map<String, String> labels,
        @Nullable AffinityGroupId affinityGroup,
        @Nullable Integer maxSnapshots) {}
