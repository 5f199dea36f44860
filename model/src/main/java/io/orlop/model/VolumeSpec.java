package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// What the user wants of a volume, and what of it is still a promise. Kept at `/volumes/{uuid}`.
///
/// @param lastNexus the nexus that served the volume last: its [NexusInfo] says which replicas can be trusted
/// @param paths how often the volume was published
/// @param replicaSize what each of its copies holds, with what nexuses keep for themselves; `null` where the copies are
///     as large as the volume, as they once were made. It stays so: the device must not change its size
public record VolumeSpec(
        VolumeId uuid,
        VolumeShape shape,
        SpecStatus status,
        Publication publication,
        @Nullable NexusId lastNexus,
        int paths,
        @Nullable Pending<VolumeOperation> operation,
        @Nullable Bytes replicaSize) {

    /// One whose copies are as large as itself.
    public VolumeSpec(
            VolumeId uuid,
            VolumeShape shape,
            SpecStatus status,
            Publication publication,
            @Nullable NexusId lastNexus,
            int paths,
            @Nullable Pending<VolumeOperation> operation) {
        this(uuid, shape, status, publication, lastNexus, paths, operation, null);
    }

    /// A volume that is to be made.
    public static VolumeSpec promised(VolumeId uuid, VolumeShape shape) {
        Bytes replica = Headroom.replica(shape.size());
        return new VolumeSpec(uuid, shape, SpecStatus.CREATING, new Publication.Unpublished(), null, 0, null, replica);
    }

    /// What its copies are asked to be.
    public VolumeShape replicaShape() {
        return replicaSize == null ? shape : shape.withSize(replicaSize);
    }

    /// What its nexus is asked to be, so that hosts see the volume's size, or more.
    public Bytes nexusSize() {
        return replicaSize == null ? size() : Headroom.nexus(replicaSize);
    }

    public Bytes size() {
        return shape.size();
    }

    public int numReplicas() {
        return shape.numReplicas();
    }

    public @Nullable AffinityGroupId affinityGroup() {
        return shape.affinityGroup();
    }

    public boolean dirty() {
        return status != SpecStatus.CREATED || operation != null;
    }

    public VolumeSpec withShape(VolumeShape shape) {
        return new VolumeSpec(uuid, shape, status, publication, lastNexus, paths, operation, replicaSize);
    }

    public VolumeSpec withStatus(SpecStatus status) {
        return new VolumeSpec(uuid, shape, status, publication, lastNexus, paths, operation, replicaSize);
    }

    public VolumeSpec withNumReplicas(int numReplicas) {
        return withShape(shape.withNumReplicas(numReplicas));
    }

    public VolumeSpec promising(VolumeOperation operation) {
        return new VolumeSpec(uuid, shape, status, publication, lastNexus, paths, Pending.of(operation), replicaSize);
    }

    /// The promise given up: nothing of the pending operation happened.
    public VolumeSpec withoutOperation() {
        return new VolumeSpec(uuid, shape, status, publication, lastNexus, paths, null, replicaSize);
    }

    /// The spec once this operation is kept.
    public VolumeSpec after(VolumeOperation kept) {
        return switch (kept) {
            case VolumeOperation.SetReplicas(int count, var _) ->
                withNumReplicas(count).withoutOperation();
            case VolumeOperation.Publish(Publication.Published target, var _) -> {
                int most = Math.max(paths, target.path());
                yield new VolumeSpec(uuid, shape, status, target, target.nexus(), most, null, replicaSize);
            }
            case VolumeOperation.Unpublish() ->
                new VolumeSpec(uuid, shape, status, new Publication.Unpublished(), lastNexus, paths, null, replicaSize);
            case VolumeOperation.Abandon _, VolumeOperation.Replace _ -> withoutOperation();
        };
    }
}
