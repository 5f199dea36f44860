package io.orlop.scheduler.placement;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Topology;
import io.orlop.model.VolumeShape;
import java.util.List;
import java.util.Map;

/// What is to be placed.
///
/// @param what for whom, as it is called in a refusal: `volume 0d1c…`
/// @param count of new replicas
/// @param total of replicas the volume has then: on the way to another number it is not the shape's
/// @param shape of the volume, whole, so that a rule about any property of it is a rule and nothing else; but with the
///     size of a replica
/// @param present where the volume's other replicas are
/// @param avoid nodes that must not be used
/// @param failed pools that were tried just now, and what they said
public record PlacementRequest(
        String what,
        int count,
        int total,
        VolumeShape shape,
        List<Site> present,
        List<NodeId> avoid,
        Map<PoolId, String> failed) {
    public PlacementRequest {
        present = List.copyOf(present);
        avoid = List.copyOf(avoid);
    }

    Bytes size() {
        return shape.size();
    }

    boolean thin() {
        return shape.thin();
    }

    Topology topology() {
        return shape.topology();
    }

    boolean grouped() {
        return shape.affinityGroup() != null;
    }

    /// A volume of one replica is lost with its node: such volumes of one group never share a node. Others only would
    /// rather not.
    boolean strictlyApart() {
        return grouped() && total == 1;
    }
}
