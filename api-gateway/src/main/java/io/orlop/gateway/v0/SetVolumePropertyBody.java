package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

record SetVolumePropertyBody(@JsonProperty("max_snapshots") @Nullable Integer maxSnapshots) {}
