package io.orlop.gateway.v0;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.wire.service.CreateReplicaSpec;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.ReplicasOf;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.StringNode;

/// Replicas, by themselves, by pool, and by node and pool: the paths differ, what they do is the same.
@RestController
class ReplicaController {
    private final Pools pools;
    private final ReplicaMapper views;

    ReplicaController(Pools pools, ReplicaMapper views) {
        this.pools = pools;
        this.views = views;
    }

    @GetMapping("/v0/replicas")
    @WholeList
    List<ReplicaView> replicas() {
        return pools.replicas().map(views::replica).toList();
    }

    @GetMapping("/v0/replicas/{id}")
    ReplicaView replica(@PathVariable String id) {
        return views.replica(pools.replica(ReplicaId.of(id)));
    }

    @GetMapping("/v0/nodes/{node}/replicas")
    @WholeList
    List<ReplicaView> ofNode(@PathVariable String node) {
        return pools.replicas(new ReplicasOf.Node(new NodeId(node)))
                .map(views::replica)
                .filter(replica -> replica.node().equals(new NodeId(node).name()))
                .toList();
    }

    @GetMapping("/v0/nodes/{node}/pools/{pool}/replicas")
    @WholeList
    List<ReplicaView> ofPool(@PathVariable String node, @PathVariable String pool) {
        return pools.replicas(new ReplicasOf.Pool(new PoolId(pool)))
                .map(views::replica)
                .filter(replica -> replica.node().equals(new NodeId(node).name()))
                .filter(replica -> replica.pool().equals(new PoolId(pool).name()))
                .toList();
    }

    @GetMapping("/v0/nodes/{node}/pools/{pool}/replicas/{id}")
    ReplicaView inPool(@PathVariable String node, @PathVariable String pool, @PathVariable String id) {
        return views.replica(at(node, pool, id));
    }

    @PutMapping({"/v0/nodes/{node}/pools/{pool}/replicas/{id}", "/v0/pools/{pool}/replicas/{id}"})
    ReplicaView create(
            @PathVariable(required = false) @Nullable String node,
            @PathVariable String pool,
            @PathVariable String id,
            @RequestBody CreateReplicaBody body) {
        if (node != null) PoolController.onNode(pools, node, pool);
        return views.replica(pools.createReplica(new CreateReplicaSpec(
                ReplicaId.of(id),
                new PoolId(pool),
                Bytes.of(Body.required(body.size(), "size")),
                Body.orFalse(body.thin()),
                Body.protocol(body.share() == null ? "none" : body.share()),
                Body.orEmpty(body.allowedHosts()))));
    }

    @DeleteMapping({"/v0/nodes/{node}/pools/{pool}/replicas/{id}", "/v0/pools/{pool}/replicas/{id}"})
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(
            @PathVariable(required = false) @Nullable String node, @PathVariable String pool, @PathVariable String id) {
        at(node, pool, id);
        pools.deleteReplica(ReplicaId.of(id), null);
    }

    @PutMapping(
            path = {
                "/v0/nodes/{node}/pools/{pool}/replicas/{id}/share/nvmf",
                "/v0/pools/{pool}/replicas/{id}/share/nvmf"
            },
            produces = MediaType.APPLICATION_JSON_VALUE)
    StringNode share(
            @PathVariable(required = false) @Nullable String node,
            @PathVariable String pool,
            @PathVariable String id,
            @RequestParam(name = "allowed-hosts", required = false) @Nullable List<String> hosts) {
        at(node, pool, id);
        return StringNode.valueOf(views.replica(pools.shareReplica(ReplicaId.of(id), Body.orEmpty(hosts)))
                .uri());
    }

    @DeleteMapping({"/v0/nodes/{node}/pools/{pool}/replicas/{id}/share", "/v0/pools/{pool}/replicas/{id}/share"})
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void unshare(
            @PathVariable(required = false) @Nullable String node, @PathVariable String pool, @PathVariable String id) {
        at(node, pool, id);
        pools.unshareReplica(ReplicaId.of(id));
    }

    /// The replica, if it is where the path says.
    private Replica at(@Nullable String node, String pool, String id) {
        Replica replica = pools.replica(ReplicaId.of(id));
        ReplicaView view = views.replica(replica);
        boolean there = view.pool().equals(new PoolId(pool).name())
                && (node == null || view.node().equals(new NodeId(node).name()));
        if (!there) {
            throw new Refusal.NotFound(
                            "pool %s has no replica %s".formatted(pool, id),
                            "it is in pool %s on node %s".formatted(view.pool(), view.node()))
                    .exception();
        }
        return replica;
    }
}
