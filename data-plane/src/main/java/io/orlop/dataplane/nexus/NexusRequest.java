package io.orlop.dataplane.nexus;

import io.orlop.model.NexusId;
import io.orlop.model.NvmfConfig;
import java.util.List;
import java.util.UUID;

/// What a nexus shall be.
///
/// @param name hosts know it by this; a volume's uuid where it serves one
/// @param infoKey where its [io.orlop.model.NexusInfo] is kept
public record NexusRequest(
        NexusId uuid, String name, long size, NvmfConfig nvmf, List<String> children, String infoKey) {
    public NexusRequest {
        children = List.copyOf(children);
        if (infoKey.isEmpty()) infoKey = uuid.toString();
    }

    /// What the host sees as the device's identity. Named after a volume it stays the same wherever the nexus runs.
    UUID identity() {
        try {
            return UUID.fromString(name).toString().equalsIgnoreCase(name) ? UUID.fromString(name) : uuid.uuid();
        } catch (IllegalArgumentException _) {
            return uuid.uuid();
        }
    }
}
