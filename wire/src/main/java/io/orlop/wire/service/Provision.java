package io.orlop.wire.service;

import io.orlop.model.NodeId;
import io.orlop.model.ReplicaId;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import java.util.List;

/// Asks that a volume owns `count` replicas besides those that do not count. What it owns already counts, so that
/// asking twice gives the same replicas.
///
/// @param shape the volume's, with the size that each replica shall have: larger than the volume by what a nexus keeps
/// @param count on the way to another number it is not the shape's
/// @param notCounting replicas given up: they stay, but others are to be made in their place. Their nodes are avoided
/// @param avoid nodes that must not be used beside those
/// @param affinityVolumes the other volumes of the group: replicas keep apart from theirs
public record Provision(
        VolumeId volume,
        VolumeShape shape,
        int count,
        List<VolumeId> affinityVolumes,
        List<ReplicaId> notCounting,
        List<NodeId> avoid) {}
