package io.orlop.wire.service;

import io.orlop.model.NodeId;
import io.orlop.model.VolumeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks where a volume's nexus should run.
///
/// @param required the user's wish: there or nowhere
/// @param replicas the nodes that hold the replicas: one replica pins the nexus to its node
/// @param avoid nodes that must not be used
public record TargetChoice(VolumeId volume, @Nullable NodeId required, List<NodeId> replicas, List<NodeId> avoid) {}
