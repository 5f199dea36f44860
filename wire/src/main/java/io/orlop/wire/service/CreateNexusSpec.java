package io.orlop.wire.service;

import io.orlop.model.Bytes;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.NvmfConfig;
import io.orlop.model.VolumeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// @param name the volume's uuid where a volume owns it, else the nexus's
/// @param children candidates: where the previous nexus did not end in good order, only one that its
///     [io.orlop.model.NexusInfo] knows to be healthy is used
/// @param previous the nexus that served the volume before
public record CreateNexusSpec(
        NexusId nexus,
        String name,
        NodeId node,
        Bytes size,
        List<NexusChild> children,
        NvmfConfig nvmf,
        @Nullable VolumeId owner,
        @Nullable NexusId previous) {}
