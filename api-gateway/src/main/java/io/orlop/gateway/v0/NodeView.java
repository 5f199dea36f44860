package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Schema(name = "Node")
record NodeView(String id, @Nullable Spec spec, @Nullable State state) {
    @Schema(name = "NodeSpec")
    record Spec(
            String id,
            String grpcEndpoint,
            @AbsentWhenEmpty Map<String, String> labels,
            @Nullable CordonDrainState cordondrainstate,
            @JsonProperty("node_nqn") @Nullable String nodeNqn,
            @Nullable String version) {}

    @Schema(name = "NodeState")
    record State(
            String id,
            String grpcEndpoint,
            Choices.NodeStatus status,
            @JsonProperty("node_nqn") @Nullable String nodeNqn,
            @Nullable String version) {}

    @Schema(name = "CordonDrainState")
    record CordonDrainState(CordonedState cordonedstate) {}

    @Schema(name = "CordonedState")
    record CordonedState(List<String> cordonlabels) {}
}
