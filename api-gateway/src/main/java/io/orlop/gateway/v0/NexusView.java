package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Schema(name = "Nexus")
record NexusView(
        List<Child> children,
        String deviceUri,
        String node,
        int rebuilds,
        Choices.Protocol protocol,
        long size,
        Choices.NexusState state,
        @Schema(format = "uuid") String uuid) {
    @Schema(name = "Child")
    record Child(
            @Schema(minimum = "0", maximum = "100") @Nullable Integer rebuildProgress,
            Choices.ChildState state,
            @JsonProperty("state_reason") Choices.@Nullable ChildStateReason stateReason,
            String uri) {}
}
