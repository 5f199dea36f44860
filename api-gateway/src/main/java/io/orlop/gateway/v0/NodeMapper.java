package io.orlop.gateway.v0;

import io.orlop.model.Node;
import io.orlop.model.NodeSpec;
import io.orlop.model.NodeState;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mapstruct.Mapper;
import org.mapstruct.Mapping;
import org.mapstruct.MappingConstants;

@Mapper(
        componentModel = MappingConstants.ComponentModel.SPRING,
        uses = {Scalars.class, Choices.class})
interface NodeMapper {
    NodeView node(Node node);

    @Mapping(target = "cordondrainstate", source = "cordons")
    @Mapping(target = "nodeNqn", source = "nqn")
    NodeView.Spec spec(NodeSpec spec);

    @Mapping(target = "nodeNqn", source = "nqn")
    NodeView.State state(NodeState state);

    default NodeView.@Nullable CordonDrainState cordons(List<String> labels) {
        return labels.isEmpty() ? null : new NodeView.CordonDrainState(new NodeView.CordonedState(labels));
    }
}
