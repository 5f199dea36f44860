package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

record SetVolumePropertyBody(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @JsonProperty("max_snapshots") @Nullable
                Integer maxSnapshots) {}
