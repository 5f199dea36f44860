package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

record CreateReplicaBody(
        @Nullable String share,
        @JsonProperty("allowed-hosts") @Nullable List<String> allowedHosts,
        @Nullable Long size,
        @Nullable Boolean thin) {}
