package io.orlop.wire.service;

import io.orlop.model.Labels;
import io.orlop.model.Limits;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import java.util.List;
import java.util.Map;

public record CreatePoolSpec(PoolId pool, NodeId node, List<String> disks, Map<String, String> labels) {
    public CreatePoolSpec {
        disks = List.copyOf(Limits.disks("pool " + pool, disks));
        labels = Labels.checked("pool " + pool, labels);
    }
}
