package io.orlop.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the user wants of a volume, and what of it is still a promise. Kept at `/volumes/{uuid}`.
///
/// @param lastNexus the nexus that served the volume last: its [NexusInfo] says which replicas can be trusted
/// @param paths how often the volume was published
public record VolumeSpec(
        VolumeId uuid,
        Bytes size,
        int numReplicas,
        boolean thin,
        VolumePolicy policy,
        Topology topology,
        Map<String, String> labels,
        @Nullable AffinityGroupId affinityGroup,
        @Nullable Integer maxSnapshots,
        SpecStatus status,
        Publication publication,
        @Nullable NexusId lastNexus,
        int paths,
        @Nullable Pending<VolumeOperation> operation) {

    public VolumeSpec {
        labels = Copies.sorted(labels);
        if (size.isZero()) {
            throw new Refusal.Invalid("volume %s has no size".formatted(uuid), "ask for at least one byte").exception();
        }
        if (numReplicas < 1) {
            throw new Refusal.Invalid(
                            "volume %s asks for %d replicas".formatted(uuid, numReplicas), "ask for one or more")
                    .exception();
        }
    }

    public boolean dirty() {
        return status != SpecStatus.CREATED || operation != null;
    }

    public VolumeSpec withStatus(SpecStatus status) {
        return changed(numReplicas, maxSnapshots, status, publication, lastNexus, paths, operation);
    }

    public VolumeSpec withNumReplicas(int numReplicas) {
        return changed(numReplicas, maxSnapshots, status, publication, lastNexus, paths, operation);
    }

    public VolumeSpec withMaxSnapshots(@Nullable Integer maxSnapshots) {
        return changed(numReplicas, maxSnapshots, status, publication, lastNexus, paths, operation);
    }

    public VolumeSpec promising(VolumeOperation operation) {
        return changed(numReplicas, maxSnapshots, status, publication, lastNexus, paths, Pending.of(operation));
    }

    /// The promise given up: nothing of the pending operation happened.
    public VolumeSpec withoutOperation() {
        return changed(numReplicas, maxSnapshots, status, publication, lastNexus, paths, null);
    }

    /// The spec once this operation is kept.
    public VolumeSpec after(VolumeOperation kept) {
        return switch (kept) {
            case VolumeOperation.SetReplicas(int count) ->
                changed(count, maxSnapshots, status, publication, lastNexus, paths, null);
            case VolumeOperation.Publish(Publication.Published target) -> {
                int most = Math.max(paths, target.path());
                yield changed(numReplicas, maxSnapshots, status, target, target.nexus(), most, null);
            }
            case VolumeOperation.Unpublish() -> {
                var nowhere = new Publication.Unpublished();
                yield changed(numReplicas, maxSnapshots, status, nowhere, lastNexus, paths, null);
            }
        };
    }

    /// What can change in a volume's life; the rest stays as it was asked for.
    private VolumeSpec changed(
            int numReplicas,
            @Nullable Integer maxSnapshots,
            SpecStatus status,
            Publication publication,
            @Nullable NexusId lastNexus,
            int paths,
            @Nullable Pending<VolumeOperation> operation) {
        return new VolumeSpec(
                uuid,
                size,
                numReplicas,
                thin,
                policy,
                topology,
                labels,
                affinityGroup,
                maxSnapshots,
                status,
                publication,
                lastNexus,
                paths,
                operation);
    }
}
