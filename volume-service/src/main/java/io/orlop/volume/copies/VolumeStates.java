package io.orlop.volume.copies;

import io.orlop.model.Bytes;
import io.orlop.model.NexusState;
import io.orlop.model.Publication;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeState;
import io.orlop.model.VolumeState.ReplicaTopology;
import io.orlop.model.VolumeState.VolumeUsage;
import io.orlop.model.VolumeStatus;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How a volume is, by what its nexus says while one serves it, and by its replicas while none does.
public final class VolumeStates {
    private VolumeStates() {}

    /// @param target the nexus that the volume is published through, as its node reports it
    /// @param waitsFor what has to happen before the volume is as it should be
    public static VolumeState of(
            VolumeSpec spec, List<Copy> copies, @Nullable NexusState target, @Nullable String waitsFor) {
        var topology = new TreeMap<ReplicaId, ReplicaTopology>();
        for (Copy copy : copies) topology.put(copy.id(), topology(copy));
        return new VolumeState(
                spec.uuid(),
                size(spec, target),
                status(spec, copies, target),
                target,
                topology,
                usage(spec, copies),
                waitsFor);
    }

    /// What a host can count on. A volume that was made when its copies were as large as itself shows less than was
    /// asked for, by what the nexus keeps.
    private static Bytes size(VolumeSpec spec, @Nullable NexusState target) {
        Bytes device = target == null ? null : target.device();
        return device == null || device.atLeast(spec.size()) ? spec.size() : device;
    }

    public static VolumeStatus status(VolumeSpec spec, List<Copy> copies, @Nullable NexusState target) {
        return switch (spec.publication()) {
            case Publication.Published _ -> target == null ? VolumeStatus.UNKNOWN : served(spec, target);
            case Publication.Unpublished() -> unserved(spec, copies);
        };
    }

    private static VolumeStatus served(VolumeSpec spec, NexusState target) {
        return switch (target.status()) {
            case UNKNOWN -> VolumeStatus.UNKNOWN;
            // A nexus with all of its children healthy is online, be they fewer than the user wants.
            case ONLINE -> healthyChildren(target) < spec.numReplicas() ? VolumeStatus.DEGRADED : VolumeStatus.ONLINE;
            case DEGRADED -> VolumeStatus.DEGRADED;
            case FAULTED -> VolumeStatus.FAULTED;
            case SHUTTING_DOWN, SHUTDOWN -> VolumeStatus.SHUTDOWN;
        };
    }

    private static long healthyChildren(NexusState target) {
        return target.children().stream().filter(child -> child.healthy()).count();
    }

    private static VolumeStatus unserved(VolumeSpec spec, List<Copy> copies) {
        long healthy = copies.stream()
                .filter(copy -> copy.condition(false) == Condition.HEALTHY)
                .count();
        if (healthy >= spec.numReplicas()) return VolumeStatus.ONLINE;
        if (healthy > 0) return VolumeStatus.DEGRADED;
        return copies.isEmpty() && spec.status() == SpecStatus.CREATING ? VolumeStatus.UNKNOWN : VolumeStatus.FAULTED;
    }

    private static ReplicaTopology topology(Copy copy) {
        ReplicaState state = copy.state();
        return new ReplicaTopology(
                copy.node(),
                copy.spec().pool(),
                state == null ? ReplicaStatus.UNKNOWN : state.status(),
                copy.child(),
                state == null ? null : state.space());
    }

    private static VolumeUsage usage(VolumeSpec spec, List<Copy> copies) {
        Bytes largest = Bytes.ZERO;
        Bytes total = Bytes.ZERO;
        for (Copy copy : copies) {
            ReplicaState state = copy.state();
            if (state == null) continue;
            ReplicaSpace space = state.space();
            total = total.plus(space.allocated());
            if (space.allocated().moreThan(largest)) largest = space.allocated();
        }
        return new VolumeUsage(spec.size(), largest, total);
    }
}
