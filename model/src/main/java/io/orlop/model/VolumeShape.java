package io.orlop.model;

import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a volume is asked to be.
///
/// @param numReplicas how many copies there should be; it can be changed later
/// @param thin whether blocks are allocated when they are written
/// @param affinityGroup the volumes that this one keeps apart from
/// @param maxSnapshots how many snapshots it may have; `null` for no limit. It can be changed later
/// @param clusterSize what the pools of its replicas allocate at once, exactly; `null` for whatever a pool has
public record VolumeShape(
        Bytes size,
        int numReplicas,
        boolean thin,
        VolumePolicy policy,
        Topology topology,
        Map<String, String> labels,
        @Nullable AffinityGroupId affinityGroup,
        @Nullable Integer maxSnapshots,
        @Nullable Bytes clusterSize)
        implements Shape {

    /// Pools allocate this much at once, or a multiple of it.
    private static final Bytes CLUSTER = Bytes.mib(4);

    public VolumeShape {
        labels = Copies.sorted(labels);
        if (size.isZero()) {
            throw new Refusal.Invalid("the volume has no size", "ask for at least one byte").exception();
        }
        if (numReplicas < 1) {
            throw new Refusal.Invalid("the volume asks for %d replicas".formatted(numReplicas), "ask for one or more")
                    .exception();
        }
        if (clusterSize != null && (clusterSize.isZero() || clusterSize.count() % CLUSTER.count() != 0)) {
            throw new Refusal.Invalid(
                            "the volume asks for a cluster size of %d bytes".formatted(clusterSize.count()),
                            "ask for a multiple of %s, or leave it out where any pool will do".formatted(CLUSTER))
                    .exception();
        }
    }

    /// A volume that heals itself, may live anywhere and has nothing special.
    public static VolumeShape of(Bytes size, int numReplicas) {
        return new VolumeShape(
                size, numReplicas, false, new VolumePolicy(true), Topology.ANYWHERE, Map.of(), null, null, null);
    }

    /// Whether a pool that allocates this much at once will do.
    public boolean allowsClustersOf(Bytes size) {
        return clusterSize == null || clusterSize.equals(size);
    }

    public VolumeShape withSize(Bytes size) {
        return but(draft -> draft.size = size);
    }

    public VolumeShape withNumReplicas(int numReplicas) {
        return but(draft -> draft.numReplicas = numReplicas);
    }

    public VolumeShape withThin(boolean thin) {
        return but(draft -> draft.thin = thin);
    }

    public VolumeShape withPolicy(VolumePolicy policy) {
        return but(draft -> draft.policy = policy);
    }

    public VolumeShape withTopology(Topology topology) {
        return but(draft -> draft.topology = topology);
    }

    public VolumeShape withLabels(Map<String, String> labels) {
        return but(draft -> draft.labels = labels);
    }

    public VolumeShape withAffinityGroup(@Nullable AffinityGroupId affinityGroup) {
        return but(draft -> draft.affinityGroup = affinityGroup);
    }

    public VolumeShape withMaxSnapshots(@Nullable Integer maxSnapshots) {
        Limits.snapshots("a volume", maxSnapshots == null ? 0 : maxSnapshots);
        return but(draft -> draft.maxSnapshots = maxSnapshots);
    }

    public VolumeShape withClusterSize(@Nullable Bytes clusterSize) {
        return but(draft -> draft.clusterSize = clusterSize);
    }

    private VolumeShape but(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.shape();
    }

    /// The shape while one of its properties changes. It names them all, so that no `with…` names another one's.
    private static final class Draft {
        private Bytes size;
        private int numReplicas;
        private boolean thin;
        private VolumePolicy policy;
        private Topology topology;
        private Map<String, String> labels;
        private @Nullable AffinityGroupId affinityGroup;
        private @Nullable Integer maxSnapshots;
        private @Nullable Bytes clusterSize;

        Draft(VolumeShape shape) {
            size = shape.size;
            numReplicas = shape.numReplicas;
            thin = shape.thin;
            policy = shape.policy;
            topology = shape.topology;
            labels = shape.labels;
            affinityGroup = shape.affinityGroup;
            maxSnapshots = shape.maxSnapshots;
            clusterSize = shape.clusterSize;
        }

        VolumeShape shape() {
            return new VolumeShape(
                    size, numReplicas, thin, policy, topology, labels, affinityGroup, maxSnapshots, clusterSize);
        }
    }
}
