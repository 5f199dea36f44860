package io.orlop.scheduler.placement;

import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolStatus;
import io.orlop.model.Room;
import io.orlop.model.Topology;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Pools and requests for tests, and their readable form.
final class Bench {
    private Bench() {}

    static Candidate pool(String pool, String node) {
        return pool(pool, node, Bytes.gib(1));
    }

    static Candidate pool(String pool, String node, Bytes free) {
        return new Candidate(
                new Site(new PoolId(pool), new NodeId(node), Map.of(), Map.of()),
                true,
                false,
                true,
                room(PoolStatus.ONLINE, free, Bytes.ZERO),
                0,
                List.of());
    }

    static Room room(PoolStatus status, Bytes free, Bytes committed) {
        return new Room(status, Bytes.gib(1), free, committed, Bytes.mib(4));
    }

    static Candidate with(Candidate pool, @Nullable Room room) {
        return new Candidate(
                pool.site(), pool.online(), pool.cordoned(), pool.usable(), room, pool.replicas(), pool.neighbours());
    }

    static Candidate clusters(Candidate pool, Bytes size) {
        Room room = Objects.requireNonNull(pool.room());
        return with(pool, new Room(room.status(), room.capacity(), room.free(), room.committed(), size));
    }

    static Candidate cordoned(Candidate pool) {
        return new Candidate(
                pool.site(), pool.online(), true, pool.usable(), pool.room(), pool.replicas(), pool.neighbours());
    }

    static Candidate offline(Candidate pool) {
        return new Candidate(pool.site(), false, pool.cordoned(), pool.usable(), null, 0, List.of());
    }

    static Candidate labelled(Candidate pool, Map<String, String> node, Map<String, String> labels) {
        return new Candidate(
                new Site(pool.pool(), pool.node(), node, labels),
                pool.online(),
                pool.cordoned(),
                pool.usable(),
                pool.room(),
                pool.replicas(),
                pool.neighbours());
    }

    static Candidate holding(Candidate pool, int replicas, List<VolumeId> neighbours) {
        return new Candidate(
                pool.site(), pool.online(), pool.cordoned(), pool.usable(), pool.room(), replicas, neighbours);
    }

    static PlacementRequest thick(int count, Bytes size) {
        return request(count, VolumeShape.of(size, count));
    }

    static PlacementRequest request(int count, Bytes size, boolean thin, Topology topology) {
        return request(count, VolumeShape.of(size, count).withThin(thin).withTopology(topology));
    }

    static PlacementRequest request(int count, VolumeShape shape) {
        return new PlacementRequest("volume v", count, count, shape, List.of(), List.of(), Map.of());
    }

    static Topology onNodes(Topology.Nodes nodes) {
        return new Topology(nodes, new Topology.Pools.Any());
    }

    static String place(PlacementRequest request, Candidate... pools) {
        return describe(new PlacementPolicy(Commitment.DEFAULT).place(request, List.of(pools)));
    }

    static String describe(Placement placement) {
        return switch (placement) {
            case Placement.Placed(var pools) ->
                pools.stream().map(pool -> pool.pool() + " on " + pool.node()).collect(Collectors.joining("\n"));
            case Placement.Refused(var request, int placeable, var reasons, var _) ->
                "%d of %d\n".formatted(placeable, request.count())
                        + reasons.entrySet().stream()
                                .map(reason -> reason.getKey() + ": " + reason.getValue())
                                .collect(Collectors.joining("\n"));
        };
    }
}
