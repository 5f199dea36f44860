package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Schema(name = "Replica")
record ReplicaView(
        String node,
        String pool,
        @Nullable String poolUuid,
        String share,
        long size,
        @Nullable Space space,
        String state,
        boolean thin,
        String uri,
        String uuid,
        @JsonProperty("allowed-hosts") List<String> allowedHosts,
        String kind) {
    @Schema(name = "ReplicaSpaceUsage")
    record Space(
            @JsonProperty("capacity_bytes") long capacityBytes,
            @JsonProperty("allocated_bytes") long allocatedBytes,
            @JsonProperty("allocated_bytes_snapshots") long allocatedBytesSnapshots,
            @JsonProperty("cluster_size") long clusterSize,
            long clusters,
            @JsonProperty("allocated_clusters") long allocatedClusters) {}
}
