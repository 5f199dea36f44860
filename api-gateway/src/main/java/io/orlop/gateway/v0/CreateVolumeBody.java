package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

record CreateVolumeBody(
        VolumeView.@Nullable Policy policy,
        @Nullable Integer replicas,
        @Nullable Long size,
        @Nullable Boolean thin,
        @Nullable TopologyView topology,
        @Nullable Map<String, String> labels,
        @JsonProperty("affinity_group") VolumeView.@Nullable AffinityGroup affinityGroup,
        @JsonProperty("max_snapshots") @Nullable Integer maxSnapshots) {}
