package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

record PublishVolumeBody(
        @JsonProperty("publish_context") @Nullable Map<String, String> publishContext,
        @JsonProperty("reuse_existing") @Nullable Boolean reuseExisting,
        @Nullable String node,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String protocol,
        @Nullable Boolean republish,
        @Schema(description = "The only host that may connect. Without one, whoever reaches the target's port may.")
                @JsonProperty("frontend_node")
                @Nullable
                String frontendNode) {}
