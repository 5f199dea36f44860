package io.orlop.csi;

import com.google.protobuf.Int64Value;
import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import io.orlop.model.Headroom;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.Pool;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.Room;
import io.orlop.model.SpecStatus;
import io.orlop.model.Topology;
import io.orlop.model.VolumeShape;
import io.orlop.stubs.csi.v1.GetCapacityRequest;
import io.orlop.stubs.csi.v1.GetCapacityResponse;
import io.orlop.stubs.csi.v1.TopologyRequirement;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How much of a StorageClass can still be had: of pools that new replicas may be put into, the largest that each of
/// them takes, without what a nexus keeps of each replica. The rules that keep replicas of different volumes apart are
/// not applied; the scheduler has the last word.
final class CapacityReport {
    private final Pools pools;
    private final Registry registry;

    CapacityReport(Pools pools, Registry registry) {
        this.pools = pools;
        this.registry = registry;
    }

    GetCapacityResponse capacity(GetCapacityRequest request) {
        VolumeShape wanted = ClassParameters.of(request.getParametersMap()).shape();
        boolean unusable = request.getVolumeCapabilitiesCount() > 0
                && AccessModes.objection(request.getVolumeCapabilitiesList()).isPresent();
        FreeCapacity free = unusable
                ? new FreeCapacity(Bytes.ZERO, Bytes.ZERO)
                : FreeCapacity.of(free(request, wanted), wanted.numReplicas());
        return GetCapacityResponse.newBuilder()
                .setAvailableCapacity(free.available().count())
                .setMaximumVolumeSize(Int64Value.of(free.largest().count()))
                .build();
    }

    private SortedMap<NodeId, List<Bytes>> free(GetCapacityRequest request, VolumeShape wanted) {
        SortedMap<NodeId, Node> nodes = new TreeMap<>();
        registry.nodes().forEach(node -> nodes.put(node.id(), node));
        SortedMap<NodeId, List<Bytes>> free = new TreeMap<>();
        Commitment commitment = pools.commitment();
        for (Pool pool : pools.pools().toList()) {
            PoolSpec spec = pool.spec();
            PoolState state = pool.state();
            if (spec == null || spec.status() != SpecStatus.CREATED) continue;
            if (state == null || !wanted.allowsClustersOf(state.clusterSize())) continue;
            Node node = nodes.get(spec.node());
            if (node == null || !takesReplicas(node, wanted.topology()) || !labelled(spec, wanted.topology())) continue;
            free.computeIfAbsent(spec.node(), _ -> new ArrayList<>())
                    .add(Headroom.volume(commitment.largest(Room.of(state), wanted.thin())));
        }
        free.keySet().retainAll(within(request, wanted.numReplicas(), List.copyOf(free.keySet())));
        return free;
    }

    /// The same reading of a segment as when a volume is created in it.
    private static List<NodeId> within(GetCapacityRequest request, int replicas, List<NodeId> storing) {
        if (!request.hasAccessibleTopology()) return storing;
        var requirement = TopologyRequirement.newBuilder()
                .addRequisite(request.getAccessibleTopology())
                .build();
        return switch (Segments.nodes(requirement, replicas, storing)) {
            case Topology.Nodes.Explicit explicit -> explicit.allowed();
            case Topology.Nodes.Any _, Topology.Nodes.Labelled _ -> storing;
        };
    }

    private static boolean takesReplicas(Node node, Topology topology) {
        if (node.state() == null || !node.state().online()) return false;
        NodeSpec spec = node.spec();
        if (spec == null || spec.cordoned()) return false;
        return switch (topology.nodes()) {
            case Topology.Nodes.Labelled labelled -> carries(spec.labels(), labelled.inclusion());
            case Topology.Nodes.Any _, Topology.Nodes.Explicit _ -> true;
        };
    }

    private static boolean labelled(PoolSpec pool, Topology topology) {
        return switch (topology.pools()) {
            case Topology.Pools.Labelled labelled -> carries(pool.labels(), labelled.inclusion());
            case Topology.Pools.Any _ -> true;
        };
    }

    private static boolean carries(Map<String, String> labels, Map<String, String> wanted) {
        return wanted.entrySet().stream()
                .allMatch(label -> label.getValue().isEmpty()
                        ? labels.containsKey(label.getKey())
                        : label.getValue().equals(labels.get(label.getKey())));
    }
}
