package io.orlop.scheduler.placement;

import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import java.util.Map;

/// Where a replica is or would be, and what labels say of the place.
public record Site(PoolId pool, NodeId node, Map<String, String> nodeLabels, Map<String, String> poolLabels) {}
