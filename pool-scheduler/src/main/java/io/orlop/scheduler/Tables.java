package io.orlop.scheduler;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.table.Codec;
import io.orlop.control.table.Table;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.json.JsonDocument;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Pools and replicas, which this service writes; nodes and volumes, which it reads.
record Tables(
        Table<PoolId, PoolSpec> pools,
        Table<ReplicaId, ReplicaSpec> replicas,
        Table<NodeId, NodeSpec> nodes,
        Table<VolumeId, VolumeSpec> volumes) {

    static Tables open(Ambient ambient, Keyspace keyspace, Layout layout) {
        return new Tables(
                Table.open(ambient, keyspace, layout.pools(), PoolId::new, Codec.of(JsonDocument.POOL)),
                Table.open(ambient, keyspace, layout.replicas(), ReplicaId::of, Codec.of(JsonDocument.REPLICA)),
                Table.open(ambient, keyspace, layout.nodes(), NodeId::new, Codec.of(JsonDocument.NODE)),
                Table.open(ambient, keyspace, layout.volumes(), VolumeId::of, Codec.of(JsonDocument.VOLUME)));
    }

    List<Table<?, ?>> all() {
        return List.of(pools, replicas, nodes, volumes);
    }

    Map<NodeId, NodeSpec> nodeSpecs() {
        var specs = new TreeMap<NodeId, NodeSpec>();
        for (NodeSpec spec : nodes.values()) specs.put(spec.id(), spec);
        return specs;
    }

    List<ReplicaSpec> ownedBy(VolumeId volume) {
        return replicas.values().stream()
                .filter(replica -> volume.equals(replica.owners().volume()))
                .toList();
    }
}
