package io.orlop.csi;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// What can still be made of free pools, where every replica of a volume lives on another node.
///
/// ```
/// free   node-1: 10   node-2: 6   node-3: 4 GiB       2 replicas: in all 10 GiB, the largest 6 GiB
/// ```
///
/// @param available the sizes of all volumes together
/// @param largest the size of the largest single volume
record FreeCapacity(Bytes available, Bytes largest) {
    private static final FreeCapacity NONE = new FreeCapacity(Bytes.ZERO, Bytes.ZERO);

    /// @param free of the pools of each node; a replica lives in one pool
    static FreeCapacity of(SortedMap<NodeId, List<Bytes>> free, int replicas) {
        if (free.size() < replicas) return NONE;
        List<Bytes> largestPools = free.values().stream()
                .map(pools -> pools.stream().max(Comparator.naturalOrder()).orElse(Bytes.ZERO))
                .sorted(Comparator.reverseOrder())
                .toList();
        return new FreeCapacity(together(free, replicas), largestPools.get(replicas - 1));
    }

    /// The most that nodes can hold together: `t` bytes of volumes need `t` bytes `replicas` times, of which no node
    /// can take more than `t`. So a node that has more than its share of the rest is full, and the others share.
    private static Bytes together(Map<NodeId, List<Bytes>> free, int replicas) {
        List<Bytes> nodes = free.values().stream()
                .map(pools -> pools.stream().reduce(Bytes.ZERO, Bytes::plus))
                .sorted(Comparator.reverseOrder())
                .toList();
        Bytes rest = nodes.stream().reduce(Bytes.ZERO, Bytes::plus);
        int copies = replicas;
        for (Bytes node : nodes) {
            Bytes share = Bytes.of(rest.count() / copies);
            if (copies == 1 || share.atLeast(node)) return share;
            rest = rest.minus(node);
            copies--;
        }
        return Bytes.ZERO;
    }
}
