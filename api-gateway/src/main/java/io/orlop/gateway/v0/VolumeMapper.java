package io.orlop.gateway.v0;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.FrontendHost;
import io.orlop.model.Publication;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.Topology;
import io.orlop.model.Volume;
import io.orlop.model.VolumePolicy;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeState;
import org.jspecify.annotations.Nullable;
import org.mapstruct.Mapper;
import org.mapstruct.Mapping;
import org.mapstruct.MappingConstants;
import org.mapstruct.NullValueCheckStrategy;

@Mapper(
        componentModel = MappingConstants.ComponentModel.SPRING,
        // What a volume may leave unsaid is not handed to the scalars.
        nullValueCheckStrategy = NullValueCheckStrategy.ALWAYS,
        uses = {Scalars.class, Choices.class, NexusMapper.class})
interface VolumeMapper {
    VolumeView volume(Volume volume);

    @Mapping(target = ".", source = "shape")
    @Mapping(target = "target", source = "publication")
    @Mapping(target = "numSnapshots", constant = "0")
    @Mapping(target = "operation", expression = "java(OperationView.ofVolume(spec.status(), spec.operation()))")
    VolumeView.Spec spec(VolumeSpec spec);

    @Mapping(target = "replicaTopology", source = "replicas")
    VolumeView.State state(VolumeState state);

    @Mapping(target = "state", source = "status")
    @Mapping(target = "childStatus", source = "child.status")
    @Mapping(target = "childStatusReason", source = "child.reason")
    @Mapping(target = "rebuildProgress", source = "child.rebuildPercent")
    @Mapping(target = "usage", source = "space")
    VolumeView.ReplicaTopology replica(VolumeState.ReplicaTopology replica);

    @Mapping(target = "allocatedSnapshots", constant = "0L")
    @Mapping(target = "allocatedAllSnapshots", constant = "0L")
    VolumeView.ReplicaUsage replicaUsage(ReplicaSpace space);

    @Mapping(target = "allocatedReplica", source = "allocated")
    @Mapping(target = "allocatedSnapshots", constant = "0L")
    @Mapping(target = "allocatedAllSnapshots", constant = "0L")
    @Mapping(target = "totalAllocatedReplicas", source = "totalAllocated")
    @Mapping(target = "totalAllocatedSnapshots", constant = "0L")
    VolumeView.Usage usage(VolumeState.VolumeUsage usage);

    VolumeView.NodeAccess host(FrontendHost host);

    VolumeView.Policy policy(VolumePolicy policy);

    default VolumeView.@Nullable AffinityGroup affinityGroup(@Nullable AffinityGroupId group) {
        return group == null ? null : new VolumeView.AffinityGroup(group.name());
    }

    default @Nullable TopologyView topology(Topology topology) {
        return TopologyView.of(topology);
    }

    default VolumeView.@Nullable Target target(Publication publication) {
        return switch (publication) {
            case Publication.Unpublished() -> null;
            case Publication.Published published ->
                new VolumeView.Target(
                        published.node().name(),
                        Choices.ofTarget(published.protocol()),
                        published.hosts().stream().map(this::host).toList());
        };
    }
}
