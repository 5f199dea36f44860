package io.orlop.gateway.v0;

import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.wire.service.Registry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class NodeController {
    private final Registry registry;
    private final NodeMapper nodes;
    private final BlockDeviceMapper devices;

    NodeController(Registry registry, NodeMapper nodes, BlockDeviceMapper devices) {
        this.registry = registry;
        this.nodes = nodes;
        this.devices = devices;
    }

    @GetMapping("/v0/nodes")
    List<NodeView> nodes(@RequestParam(name = "node_id", required = false) @Nullable String node) {
        if (node != null) return List.of(node(node));
        return registry.nodes().map(nodes::node).toList();
    }

    @GetMapping("/v0/nodes/{id}")
    NodeView node(@PathVariable String id) {
        return nodes.node(registry.node(new NodeId(id)));
    }

    @PutMapping("/v0/nodes/{id}/cordon/{label}")
    NodeView cordon(@PathVariable String id, @PathVariable String label) {
        return nodes.node(registry.cordon(new NodeId(id), label));
    }

    @DeleteMapping("/v0/nodes/{id}/cordon/{label}")
    NodeView uncordon(@PathVariable String id, @PathVariable String label) {
        return nodes.node(registry.uncordon(new NodeId(id), label));
    }

    @PutMapping("/v0/nodes/{id}/drain/{label}")
    NodeView drain(@PathVariable String id, @PathVariable String label) {
        throw new Refusal.Unimplemented(
                        "node %s cannot be drained (label %s): draining is not there yet".formatted(id, label),
                        "cordon it, and publish its volumes on other nodes")
                .exception();
    }

    @PutMapping("/v0/nodes/{id}/label/{key}={value}")
    NodeView label(
            @PathVariable String id,
            @PathVariable String key,
            @PathVariable String value,
            @RequestParam(defaultValue = "false") boolean overwrite) {
        return nodes.node(registry.label(new NodeId(id), Map.of(key, value), overwrite));
    }

    @DeleteMapping("/v0/nodes/{id}/label/{key}")
    NodeView unlabel(@PathVariable String id, @PathVariable String key) {
        return nodes.node(registry.unlabel(new NodeId(id), key));
    }

    @GetMapping("/v0/nodes/{node}/block_devices")
    List<BlockDeviceView> blockDevices(@PathVariable String node, @RequestParam(defaultValue = "false") boolean all) {
        return registry.blockDevices(new NodeId(node), all).stream()
                .map(devices::device)
                .toList();
    }
}
