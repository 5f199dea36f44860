package io.orlop.gateway.v0;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

record ResizeVolumeBody(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Long size) {}
