package io.orlop.volume;

import io.orlop.model.Differences;
import io.orlop.model.Limits;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeSpec;
import io.orlop.wire.service.CreateVolume;
import org.jspecify.annotations.Nullable;

/// What may be done to a volume now. Each answer is the refusal, or `null` where there is none.
final class VolumeLifecycle {
    private VolumeLifecycle() {}

    static @Nullable Refusal creation(VolumeSpec present, CreateVolume request) {
        String differences = Differences.text(present.shape(), request.shape());
        return switch (present.status()) {
            case CREATING ->
                differences.isEmpty()
                        ? null
                        : new Refusal.Differs(
                                "volume %s is being created with other parameters: %s"
                                        .formatted(present.uuid(), differences),
                                "repeat them, use another id, or delete it first");
            case CREATED ->
                differences.isEmpty()
                        ? new Refusal.AlreadyExists(there(present), "use it, or another id")
                        : new Refusal.Differs(
                                "%s; what was asked for is another: %s".formatted(there(present), differences),
                                "use it, or another id");
            case DELETING, DELETED -> deleting(present);
        };
    }

    private static String there(VolumeSpec present) {
        return "volume %s exists, with %s in %d replicas"
                .formatted(present.uuid(), present.size(), present.numReplicas());
    }

    static @Nullable Refusal change(VolumeSpec present) {
        return switch (present.status()) {
            case CREATING ->
                new Refusal.FailedPrecondition(
                        "volume %s is still being created".formatted(present.uuid()), "try again when it is");
            case CREATED -> null;
            case DELETING, DELETED -> deleting(present);
        };
    }

    /// Whether an operation that is pending need not be finished before the volume is unpublished or deleted. It may
    /// be in doubt for as long as a node is away, and nobody has to wait for that: what is left of it is surplus
    /// then, or missing, and healing sees to either.
    static boolean givesWayToTheEnd(VolumeOperation pending) {
        return concernsCopies(pending) || pending instanceof VolumeOperation.Publish;
    }

    static boolean concernsCopies(VolumeOperation pending) {
        return switch (pending) {
            case VolumeOperation.SetReplicas _, VolumeOperation.Replace _ -> true;
            case VolumeOperation.Publish _, VolumeOperation.Abandon _, VolumeOperation.Unpublish _ -> false;
        };
    }

    static @Nullable Refusal deletion(VolumeSpec present) {
        return switch (present.publication()) {
            case Publication.Published published ->
                new Refusal.InUse(
                        "volume %s is published on %s".formatted(present.uuid(), published.node()),
                        "unpublish it first");
            case Publication.Unpublished() -> null;
        };
    }

    static @Nullable Refusal replicaCount(VolumeSpec present, int count) {
        int is = present.numReplicas();
        Limits.replicas("volume " + present.uuid(), count);
        if (count == is) {
            return new Refusal.FailedPrecondition(
                    "volume %s has %d replicas already".formatted(present.uuid(), is), "there is nothing to do");
        }
        if (Math.abs(count - is) > 1) {
            return new Refusal.FailedPrecondition(
                    "volume %s has %d replicas, %d is more than one step away".formatted(present.uuid(), is, count),
                    "ask for %d first".formatted(is + Integer.signum(count - is)));
        }
        if (count < 2 && present.affinityGroup() != null) {
            return new Refusal.FailedPrecondition(
                    "volume %s belongs to affinity group %s, whose volumes keep at least 2 replicas"
                            .formatted(present.uuid(), present.affinityGroup()),
                    "leave it at " + is);
        }
        return null;
    }

    private static Refusal deleting(VolumeSpec present) {
        return new Refusal.Deleting(
                "volume %s is being deleted".formatted(present.uuid()), "wait until it is gone, or use another id");
    }
}
