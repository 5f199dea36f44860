package io.orlop.gateway.v0;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Schema(name = "Specs")
record SpecsView(
        List<NexusSpecView> nexuses,
        List<PoolView.Spec> pools,
        List<ReplicaSpecView> replicas,
        List<VolumeView.Spec> volumes) {
    @Schema(name = "NexusSpec")
    record NexusSpecView(
            List<String> children,
            boolean managed,
            String node,
            @Nullable OperationView operation,
            @Schema(format = "uuid") @Nullable String owner,
            Choices.Protocol share,
            long size,
            Choices.SpecStatus status,
            @Schema(format = "uuid") String uuid) {}

    @Schema(name = "ReplicaSpec")
    record ReplicaSpecView(
            boolean managed,
            @Nullable OperationView operation,
            Owners owners,
            String pool,
            Choices.Protocol share,
            long size,
            Choices.SpecStatus status,
            boolean thin,
            @Schema(format = "uuid") String uuid,
            Choices.ReplicaKind kind) {}

    @Schema(name = "ReplicaSpecOwners")
    record Owners(List<String> nexuses, @Schema(format = "uuid") @Nullable String volume) {}
}
