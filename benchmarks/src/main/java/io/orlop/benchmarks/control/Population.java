package io.orlop.benchmarks.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolUuid;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A cluster as it is before anything is measured: what the store says and what the agents say is worked out from the
/// same numbers, each in its own process.
///
/// ```
///   volume     0 … victim-1     victim … volumes-1
///   copy 0     all on node 0    round and round on the others
///   copy 1     the others       the others
/// ```
///
/// @param nodes at least 3, each with one pool
/// @param volumes thin ones of two replicas, created, not published
/// @param victims how many of them have a copy on node 0
record Population(int nodes, int volumes, int victims) {
    static final Bytes SIZE = Bytes.mib(16);
    private static final int COPIES = 2;

    Population {
        if (nodes < 3) throw new IllegalArgumentException(nodes + " nodes are too few, it takes 3");
        victims = Math.min(victims, volumes);
    }

    static Population parse(List<String> words) {
        return new Population(
                Integer.parseInt(words.get(0)), Integer.parseInt(words.get(1)), Integer.parseInt(words.get(2)));
    }

    List<String> words() {
        return List.of("" + nodes, "" + volumes, "" + victims);
    }

    static NodeId node(int n) {
        return new NodeId("node-" + n);
    }

    static PoolId pool(int n) {
        return new PoolId("pool-" + n);
    }

    static PoolUuid poolUuid(int n) {
        return new PoolUuid(uuid("pool " + n));
    }

    static String disk(int n) {
        return "malloc:///" + pool(n) + "?size_mb=16777216";
    }

    static VolumeId volume(int v) {
        return new VolumeId(uuid("volume " + v));
    }

    static ReplicaId replica(int v, int copy) {
        return new ReplicaId(uuid("replica " + v + "/" + copy));
    }

    /// The number of the node that has this copy.
    int place(int v, int copy) {
        int others = nodes - 1;
        if (v < victims) return copy == 0 ? 0 : 1 + v % others;
        int shift = 1 + v / others % (others - 1);
        return 1 + (copy == 0 ? v : v + shift) % others;
    }

    int copies() {
        return COPIES;
    }

    PoolSpec poolSpec(int n) {
        return new PoolSpec(pool(n), node(n), List.of(disk(n)), Map.of(), SpecStatus.CREATED);
    }

    VolumeSpec volumeSpec(int v) {
        var shape = VolumeShape.of(SIZE, COPIES).withThin(true);
        return VolumeSpec.promised(volume(v), shape).withStatus(SpecStatus.CREATED);
    }

    ReplicaSpec replicaSpec(int v, int copy) {
        int n = place(v, copy);
        return new ReplicaSpec(
                replica(v, copy),
                node(n),
                pool(n),
                SIZE,
                true,
                ShareProtocol.NONE,
                List.of(),
                true,
                ReplicaOwners.of(volume(v)),
                ReplicaKind.REGULAR,
                SpecStatus.CREATED,
                null);
    }

    private static UUID uuid(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(UTF_8));
    }
}
