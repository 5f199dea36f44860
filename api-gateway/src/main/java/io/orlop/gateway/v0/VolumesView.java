package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Schema(name = "Volumes")
record VolumesView(List<VolumeView> entries, @JsonProperty("next_token") @Nullable Integer nextToken) {}
