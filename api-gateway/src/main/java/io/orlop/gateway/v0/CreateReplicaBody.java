package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

record CreateReplicaBody(
        @Nullable String share,
        @JsonProperty("allowed-hosts") @Nullable List<String> allowedHosts,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Long size,
        @Nullable Boolean thin) {}
