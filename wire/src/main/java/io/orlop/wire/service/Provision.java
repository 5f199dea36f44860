package io.orlop.wire.service;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.ReplicaId;
import io.orlop.model.Topology;
import io.orlop.model.VolumeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks that a volume owns `count` replicas besides those that do not count. What it owns already counts, so that
/// asking twice gives the same replicas.
///
/// @param notCounting replicas given up: they stay, but others are to be made in their place. Their nodes are avoided
/// @param avoid nodes that must not be used beside those
/// @param affinityVolumes the other volumes of the group: replicas keep apart from theirs
public record Provision(
        VolumeId volume,
        int count,
        Bytes size,
        boolean thin,
        Topology topology,
        @Nullable AffinityGroupId affinityGroup,
        List<VolumeId> affinityVolumes,
        List<ReplicaId> notCounting,
        List<NodeId> avoid) {}
