package io.orlop.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A volume as observed.
///
/// @param target the nexus that serves it, where one does
/// @param waitsFor what has to happen before it is as it should be, in a sentence; `null` where nothing has
public record VolumeState(
        VolumeId uuid,
        Bytes size,
        VolumeStatus status,
        @Nullable NexusState target,
        Map<ReplicaId, ReplicaTopology> replicas,
        VolumeUsage usage,
        @Nullable String waitsFor) {
    public VolumeState {
        replicas = Copies.sorted(replicas);
    }

    /// A volume that waits for nothing.
    public VolumeState(
            VolumeId uuid,
            Bytes size,
            VolumeStatus status,
            @Nullable NexusState target,
            Map<ReplicaId, ReplicaTopology> replicas,
            VolumeUsage usage) {
        this(uuid, size, status, target, replicas, usage, null);
    }

    /// Where one replica is and how it is.
    ///
    /// @param child how the volume's nexus sees it, where it is a child of one
    public record ReplicaTopology(
            NodeId node, PoolId pool, ReplicaStatus status, @Nullable ChildState child, @Nullable ReplicaSpace space) {}

    /// @param allocated of the largest replica
    /// @param totalAllocated of all replicas together
    public record VolumeUsage(Bytes capacity, Bytes allocated, Bytes totalAllocated) {}
}
