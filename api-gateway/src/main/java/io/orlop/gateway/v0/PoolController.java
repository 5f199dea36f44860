package io.orlop.gateway.v0;

import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.VolumeId;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.ReplicasOf;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class PoolController {
    private final Pools pools;
    private final PoolMapper views;

    PoolController(Pools pools, PoolMapper views) {
        this.pools = pools;
        this.views = views;
    }

    @GetMapping("/v0/pools")
    List<PoolView> pools(@RequestParam(name = "volume_id", required = false) @Nullable String volume) {
        if (volume == null) return pools.pools().map(views::pool).toList();
        var holders = holders(VolumeId.of(volume));
        return pools.pools()
                .filter(pool -> holders.contains(pool.id()))
                .map(views::pool)
                .toList();
    }

    private Set<PoolId> holders(VolumeId volume) {
        return pools.replicas(new ReplicasOf.Volume(volume))
                .map(replica -> replica.spec())
                .filter(Objects::nonNull)
                .map(ReplicaSpec::pool)
                .collect(Collectors.toSet());
    }

    @GetMapping("/v0/pools/{id}")
    PoolView pool(@PathVariable String id) {
        return views.pool(pools.pool(new PoolId(id)));
    }

    @DeleteMapping("/v0/pools/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable String id) {
        pools.deletePool(new PoolId(id));
    }

    @PutMapping("/v0/pools/{id}/label/{key}={value}")
    PoolView label(
            @PathVariable String id,
            @PathVariable String key,
            @PathVariable String value,
            @RequestParam(defaultValue = "false") boolean overwrite) {
        return views.pool(pools.labelPool(new PoolId(id), Map.of(key, value), overwrite));
    }

    @DeleteMapping("/v0/pools/{id}/label/{key}")
    PoolView unlabel(@PathVariable String id, @PathVariable String key) {
        return views.pool(pools.unlabelPool(new PoolId(id), key));
    }

    @GetMapping("/v0/nodes/{node}/pools")
    List<PoolView> ofNode(@PathVariable String node) {
        var id = new NodeId(node);
        return pools.pools()
                .filter(pool -> id.equals(pool.node()))
                .map(views::pool)
                .toList();
    }

    @GetMapping("/v0/nodes/{node}/pools/{id}")
    PoolView ofNode(@PathVariable String node, @PathVariable String id) {
        return views.pool(onNode(pools, node, id));
    }

    @PutMapping("/v0/nodes/{node}/pools/{id}")
    PoolView create(@PathVariable String node, @PathVariable String id, @RequestBody CreatePoolBody body) {
        return views.pool(pools.createPool(new CreatePoolSpec(
                new PoolId(id), new NodeId(node), Body.required(body.disks(), "disks"), Body.orEmpty(body.labels()))));
    }

    @DeleteMapping("/v0/nodes/{node}/pools/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable String node, @PathVariable String id) {
        pools.deletePool(onNode(pools, node, id).id());
    }

    /// The pool, if it is where the path says.
    static Pool onNode(Pools pools, String node, String id) {
        Pool pool = pools.pool(new PoolId(id));
        NodeId at = pool.node();
        if (!new NodeId(node).equals(at)) {
            throw new Refusal.NotFound(
                            "node %s has no pool %s".formatted(node, id), "pool %s is on node %s".formatted(id, at))
                    .exception();
        }
        return pool;
    }
}
