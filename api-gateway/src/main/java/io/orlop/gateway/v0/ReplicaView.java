package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Schema(name = "Replica")
record ReplicaView(
        String node,
        String pool,
        @Schema(format = "uuid") @Nullable String poolUuid,
        Choices.Protocol share,
        long size,
        @Nullable Space space,
        Choices.ReplicaState state,
        boolean thin,
        String uri,
        @Schema(format = "uuid") String uuid,
        @JsonProperty("allowed-hosts") @AbsentWhenEmpty List<String> allowedHosts,
        Choices.ReplicaKind kind) {
    @Schema(name = "ReplicaSpaceUsage")
    record Space(
            @JsonProperty("capacity_bytes") long capacityBytes,
            @JsonProperty("allocated_bytes") long allocatedBytes,
            @JsonProperty("allocated_bytes_snapshots") long allocatedBytesSnapshots,
            @JsonProperty("allocated_bytes_all_snapshots") long allocatedBytesAllSnapshots,
            @JsonProperty("cluster_size") long clusterSize,
            long clusters,
            @JsonProperty("allocated_clusters") long allocatedClusters) {}
}
