package io.orlop.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a volume is asked to be.
///
/// @param numReplicas how many copies there should be; it can be changed later
/// @param thin whether blocks are allocated when they are written
/// @param affinityGroup the volumes that this one keeps apart from
/// @param maxSnapshots how many snapshots it may have; `null` for no limit. It can be changed later
public record VolumeShape(
        Bytes size,
        int numReplicas,
        boolean thin,
        VolumePolicy policy,
        Topology topology,
        Map<String, String> labels,
        @Nullable AffinityGroupId affinityGroup,
        @Nullable Integer maxSnapshots)
        implements Shape {

    public VolumeShape {
        labels = Copies.sorted(labels);
        if (size.isZero()) {
            throw new Refusal.Invalid("the volume has no size", "ask for at least one byte").exception();
        }
        if (numReplicas < 1) {
            throw new Refusal.Invalid("the volume asks for %d replicas".formatted(numReplicas), "ask for one or more")
                    .exception();
        }
    }

    /// A volume that heals itself, may live anywhere and has nothing special.
    public static VolumeShape of(Bytes size, int numReplicas) {
        return new VolumeShape(
                size, numReplicas, false, new VolumePolicy(true), Topology.ANYWHERE, Map.of(), null, null);
    }

    public VolumeShape withSize(Bytes size) {
        return new VolumeShape(size, numReplicas, thin, policy, topology, labels, affinityGroup, maxSnapshots);
    }

    public VolumeShape withTopology(Topology topology) {
        return new VolumeShape(size, numReplicas, thin, policy, topology, labels, affinityGroup, maxSnapshots);
    }

    public VolumeShape withNumReplicas(int numReplicas) {
        return new VolumeShape(size, numReplicas, thin, policy, topology, labels, affinityGroup, maxSnapshots);
    }

    public VolumeShape withLabels(Map<String, String> labels) {
        return new VolumeShape(size, numReplicas, thin, policy, topology, labels, affinityGroup, maxSnapshots);
    }

    public VolumeShape withMaxSnapshots(@Nullable Integer maxSnapshots) {
        Limits.snapshots("a volume", maxSnapshots == null ? 0 : maxSnapshots);
        return new VolumeShape(size, numReplicas, thin, policy, topology, labels, affinityGroup, maxSnapshots);
    }
}
