package io.orlop.gateway.v0;

import io.orlop.model.Replica;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import org.mapstruct.Mapper;
import org.mapstruct.Mapping;
import org.mapstruct.MappingConstants;

@Mapper(
        componentModel = MappingConstants.ComponentModel.SPRING,
        uses = {Scalars.class, Choices.class})
interface ReplicaMapper {
    /// What the node reports; where it is away, what was promised, in state Unknown.
    default ReplicaView replica(Replica replica) {
        if (replica.state() != null) return observed(replica.state());
        if (replica.spec() != null) return promised(replica.spec());
        throw new IllegalArgumentException("neither promised nor observed: " + replica);
    }

    @Mapping(target = "state", source = "status")
    @Mapping(target = "allowedHosts", source = "hosts")
    ReplicaView observed(ReplicaState state);

    @Mapping(target = "poolUuid", ignore = true)
    @Mapping(target = "space", ignore = true)
    @Mapping(target = "state", constant = "Unknown")
    @Mapping(target = "uri", constant = "")
    @Mapping(target = "allowedHosts", source = "hosts")
    ReplicaView promised(ReplicaSpec spec);

    @Mapping(target = "capacityBytes", source = "capacity")
    @Mapping(target = "allocatedBytes", source = "allocated")
    @Mapping(target = "allocatedBytesSnapshots", constant = "0L")
    @Mapping(target = "allocatedBytesAllSnapshots", constant = "0L")
    ReplicaView.Space space(ReplicaSpace space);
}
