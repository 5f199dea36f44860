package io.orlop.gateway.v0;

import io.orlop.model.NexusChild;
import io.orlop.model.NexusSpec;
import io.orlop.model.PoolSpec;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import org.mapstruct.Mapper;
import org.mapstruct.Mapping;
import org.mapstruct.MappingConstants;

@Mapper(
        componentModel = MappingConstants.ComponentModel.SPRING,
        uses = {Scalars.class, Choices.class})
interface SpecMapper {
    @Mapping(target = ".", source = "shape")
    @Mapping(target = "operation", expression = "java(OperationView.ofNexus(spec.status(), spec.operation()))")
    SpecsView.NexusSpecView nexus(NexusSpec spec);

    @Mapping(target = "operation", expression = "java(OperationView.ofReplica(spec.status(), spec.operation()))")
    SpecsView.ReplicaSpecView replica(ReplicaSpec spec);

    SpecsView.Owners owners(ReplicaOwners owners);

    PoolView.Spec pool(PoolSpec spec);

    default String child(NexusChild child) {
        return child.uri();
    }
}
