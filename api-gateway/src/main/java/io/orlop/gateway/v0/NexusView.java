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
        String protocol,
        long size,
        String state,
        String uuid) {
    @Schema(name = "Child")
    record Child(
            @Nullable Integer rebuildProgress,
            String state,
            @JsonProperty("state_reason") @Nullable String stateReason,
            String uri) {}
}
