package io.orlop.wire.agent;

import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NvmfConfig;
import java.util.List;

/// @param name the volume's uuid where it serves one; hosts see it as the namespace's identity
/// @param infoKey the key under which the nexus keeps its [io.orlop.model.NexusInfo]; empty for its own uuid
/// @param children URIs, each with `?uuid=` of its replica
public record CreateNexus(
        NexusId nexus, String name, Bytes size, NvmfConfig nvmf, List<String> children, String infoKey) {}
