package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.orlop.model.AffinityGroupId;
import io.orlop.model.Bytes;
import io.orlop.model.Topology;
import io.orlop.model.VolumePolicy;
import io.orlop.model.VolumeShape;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

record CreateVolumeBody(
        VolumeView.@Nullable Policy policy,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Integer replicas,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Long size,
        @Nullable Boolean thin,
        @Nullable TopologyView topology,
        @Nullable Map<String, String> labels,
        @JsonProperty("affinity_group") VolumeView.@Nullable AffinityGroup affinityGroup,
        @JsonProperty("max_snapshots") @Nullable Integer maxSnapshots,
        @JsonProperty("cluster_size") @Nullable Long clusterSize) {
    VolumeShape shape() {
        int copies = Body.required(replicas, "replicas");
        return new VolumeShape(
                Bytes.of(Body.required(size, "size")),
                copies,
                Body.orFalse(thin),
                new VolumePolicy(policy == null || !Boolean.FALSE.equals(policy.selfHeal())),
                topology == null ? Topology.ANYWHERE : topology.topology(),
                Body.orEmpty(labels),
                affinityGroup == null ? null : new AffinityGroupId(affinityGroup.id()),
                maxSnapshots,
                clusterSize == null ? null : Bytes.of(clusterSize));
    }
}
