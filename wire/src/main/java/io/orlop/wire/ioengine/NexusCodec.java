package io.orlop.wire.ioengine;

import io.orlop.model.AnaState;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NodeId;
import io.orlop.stubs.mayastor.v1.Nexus;
import io.orlop.stubs.mayastor.v1.NexusLabelVersion;
import io.orlop.stubs.mayastor.v1.NvmeAnaState;

/// Nexuses on the wire.
final class NexusCodec {
    private NexusCodec() {}

    static Nexus proto(NexusState nexus) {
        var proto = Nexus.newBuilder()
                .setName(nexus.name())
                .setUuid(nexus.uuid().toString())
                .setSize(nexus.size().count())
                .setState(proto(nexus.status()))
                .addAllChildren(nexus.children().stream().map(ChildCodec::proto).toList())
                .setDeviceUri(nexus.deviceUri())
                .setRebuilds(nexus.rebuilds())
                .setAnaState(proto(nexus.ana()))
                .addAllAllowedHosts(nexus.hosts());
        if (nexus.device() != null) {
            proto.setBdevSize(nexus.device().count()).setLabelVersion(NexusLabelVersion.LabelV1);
        }
        return proto.build();
    }

    static NexusState state(NodeId node, Nexus nexus) {
        return new NexusState(
                NexusId.of(nexus.getUuid()),
                nexus.getName(),
                node,
                Bytes.of(nexus.getSize()),
                status(nexus.getState()),
                nexus.getChildrenList().stream().map(ChildCodec::state).toList(),
                nexus.getDeviceUri(),
                nexus.getRebuilds(),
                ana(nexus.getAnaState()),
                nexus.getAllowedHostsList(),
                nexus.hasBdevSize() ? Bytes.of(nexus.getBdevSize()) : null);
    }

    private static io.orlop.stubs.mayastor.v1.NexusState proto(NexusStatus status) {
        return switch (status) {
            case UNKNOWN -> io.orlop.stubs.mayastor.v1.NexusState.NEXUS_UNKNOWN;
            case ONLINE -> io.orlop.stubs.mayastor.v1.NexusState.NEXUS_ONLINE;
            case DEGRADED -> io.orlop.stubs.mayastor.v1.NexusState.NEXUS_DEGRADED;
            case FAULTED -> io.orlop.stubs.mayastor.v1.NexusState.NEXUS_FAULTED;
            case SHUTTING_DOWN -> io.orlop.stubs.mayastor.v1.NexusState.NEXUS_SHUTTING_DOWN;
            case SHUTDOWN -> io.orlop.stubs.mayastor.v1.NexusState.NEXUS_SHUTDOWN;
        };
    }

    private static NexusStatus status(io.orlop.stubs.mayastor.v1.NexusState state) {
        return switch (state) {
            case NEXUS_UNKNOWN, UNRECOGNIZED -> NexusStatus.UNKNOWN;
            case NEXUS_ONLINE -> NexusStatus.ONLINE;
            case NEXUS_DEGRADED -> NexusStatus.DEGRADED;
            case NEXUS_FAULTED -> NexusStatus.FAULTED;
            case NEXUS_SHUTTING_DOWN -> NexusStatus.SHUTTING_DOWN;
            case NEXUS_SHUTDOWN -> NexusStatus.SHUTDOWN;
        };
    }

    static NvmeAnaState proto(AnaState ana) {
        return switch (ana) {
            case INVALID -> NvmeAnaState.NVME_ANA_INVALID_STATE;
            case OPTIMIZED -> NvmeAnaState.NVME_ANA_OPTIMIZED_STATE;
            case NON_OPTIMIZED -> NvmeAnaState.NVME_ANA_NON_OPTIMIZED_STATE;
            case INACCESSIBLE -> NvmeAnaState.NVME_ANA_INACCESSIBLE_STATE;
            case PERSISTENT_LOSS -> NvmeAnaState.NVME_ANA_PERSISTENT_LOSS_STATE;
            case CHANGE -> NvmeAnaState.NVME_ANA_CHANGE_STATE;
        };
    }

    static AnaState ana(NvmeAnaState state) {
        return switch (state) {
            case NVME_ANA_INVALID_STATE, UNRECOGNIZED -> AnaState.INVALID;
            case NVME_ANA_OPTIMIZED_STATE -> AnaState.OPTIMIZED;
            case NVME_ANA_NON_OPTIMIZED_STATE -> AnaState.NON_OPTIMIZED;
            case NVME_ANA_INACCESSIBLE_STATE -> AnaState.INACCESSIBLE;
            case NVME_ANA_PERSISTENT_LOSS_STATE -> AnaState.PERSISTENT_LOSS;
            case NVME_ANA_CHANGE_STATE -> AnaState.CHANGE;
        };
    }
}
