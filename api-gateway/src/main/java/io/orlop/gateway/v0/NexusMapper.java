package io.orlop.gateway.v0;

import io.orlop.model.ChildState;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import org.mapstruct.Mapper;
import org.mapstruct.Mapping;
import org.mapstruct.MappingConstants;

@Mapper(
        componentModel = MappingConstants.ComponentModel.SPRING,
        uses = {Scalars.class, Choices.class})
interface NexusMapper {
    /// What the node reports; where it is away, what was promised, in state Unknown.
    default NexusView nexus(Nexus nexus) {
        if (nexus.state() != null) return observed(nexus.state());
        if (nexus.spec() != null) return promised(nexus.spec());
        throw new IllegalArgumentException("neither promised nor observed: " + nexus);
    }

    @Mapping(target = "state", source = "status")
    @Mapping(
            target = "protocol",
            expression = "java(state.published() ? Choices.Protocol.nvmf : Choices.Protocol.none)")
    @Mapping(target = "size", expression = "java(Scalars.count(state.visibleSize()))")
    @Mapping(target = "deviceUri", expression = "java(state.uriForHosts())")
    NexusView observed(NexusState state);

    @Mapping(target = ".", source = "shape")
    @Mapping(target = "state", constant = "Unknown")
    @Mapping(target = "deviceUri", constant = "")
    @Mapping(target = "rebuilds", constant = "0")
    @Mapping(target = "protocol", source = "share")
    NexusView promised(NexusSpec spec);

    @Mapping(target = "rebuildProgress", source = "rebuildPercent")
    @Mapping(target = "state", source = "status")
    @Mapping(target = "stateReason", source = "reason")
    NexusView.Child child(ChildState child);

    default NexusView.Child child(NexusChild child) {
        return new NexusView.Child(null, Choices.ChildState.Unknown, null, child.uri());
    }
}
