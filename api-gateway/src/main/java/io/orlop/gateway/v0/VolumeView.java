package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Schema(name = "Volume")
record VolumeView(Spec spec, State state) {
    @Schema(name = "VolumeSpec")
    record Spec(
            @AbsentWhenEmpty Map<String, String> labels,
            @JsonProperty("num_replicas") int numReplicas,
            @Nullable OperationView operation,
            long size,
            Choices.SpecStatus status,
            @Nullable Target target,
            @Schema(format = "uuid") String uuid,
            @Nullable TopologyView topology,
            Policy policy,
            boolean thin,
            @JsonProperty("affinity_group") @Nullable AffinityGroup affinityGroup,
            @JsonProperty("num_snapshots") int numSnapshots,
            @JsonProperty("max_snapshots") @Nullable Integer maxSnapshots,
            @JsonProperty("cluster_size") @Nullable Long clusterSize) {}

    @Schema(name = "VolumeTarget")
    record Target(
            String node,
            Choices.@Nullable VolumeShareProtocol protocol,
            @JsonProperty("frontend_nodes") @AbsentWhenEmpty List<NodeAccess> frontendNodes) {}

    @Schema(name = "NodeAccessInfo")
    record NodeAccess(String name, String nqn) {}

    @Schema(name = "VolumePolicy")
    record Policy(@JsonProperty("self_heal") @Nullable Boolean selfHeal) {}

    @Schema(name = "AffinityGroup")
    record AffinityGroup(String id) {}

    /// @param waitsFor what has to happen before the volume is as it should be, in a sentence: ours, upstream has
    ///     no such field
    @Schema(name = "VolumeState")
    record State(
            @Nullable NexusView target,
            long size,
            Choices.VolumeStatus status,
            @Schema(format = "uuid") String uuid,
            @JsonProperty("replica_topology") Map<String, ReplicaTopology> replicaTopology,
            Usage usage,
            @JsonProperty("waits_for") @Nullable String waitsFor) {}

    @Schema(name = "ReplicaTopology")
    record ReplicaTopology(
            String node,
            String pool,
            Choices.ReplicaState state,
            @JsonProperty("child-status") Choices.@Nullable ChildState childStatus,
            @JsonProperty("child-status-reason") Choices.@Nullable ChildStateReason childStatusReason,
            @Nullable ReplicaUsage usage,
            @JsonProperty("rebuild-progress") @Schema(minimum = "0", maximum = "100") @Nullable
                    Integer rebuildProgress) {}

    @Schema(name = "ReplicaUsage")
    record ReplicaUsage(
            long capacity,
            long allocated,
            @JsonProperty("allocated_snapshots") long allocatedSnapshots,
            @JsonProperty("allocated_all_snapshots") long allocatedAllSnapshots) {}

    @Schema(name = "VolumeUsage")
    record Usage(
            long capacity,
            long allocated,
            @JsonProperty("allocated_replica") long allocatedReplica,
            @JsonProperty("allocated_snapshots") long allocatedSnapshots,
            @JsonProperty("allocated_all_snapshots") long allocatedAllSnapshots,
            @JsonProperty("total_allocated") long totalAllocated,
            @JsonProperty("total_allocated_replicas") long totalAllocatedReplicas,
            @JsonProperty("total_allocated_snapshots") long totalAllocatedSnapshots) {}
}
