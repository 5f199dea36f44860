package io.orlop.gateway.v0;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// @param disks exactly one
record CreatePoolBody(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable List<String> disks,
        @Nullable Map<String, String> labels) {}
