package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// What a nexus is asked to be. Its children are not part of it: they come and go in its life.
///
/// @param name the volume's uuid where a volume owns it, else the nexus's: hosts see the same namespace wherever the
///     nexus runs
/// @param owner `null` where it was made by hand
public record NexusShape(String name, NodeId node, Bytes size, NvmfConfig nvmf, @Nullable VolumeId owner)
        implements Shape {}
