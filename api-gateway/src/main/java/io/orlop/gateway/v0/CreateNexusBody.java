package io.orlop.gateway.v0;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

record CreateNexusBody(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable List<String> children,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Long size) {}
