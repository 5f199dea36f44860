package io.orlop.standalone;

import io.orlop.model.NodeId;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// What only a demo has: its storage nodes can be stopped, as abruptly as a power cut stops them, and started again.
@RestController
class DemoController {
    private final DemoNodes nodes;

    DemoController(DemoNodes nodes) {
        this.nodes = nodes;
    }

    /// @param running whether the node's process is there; the registry notices a moment later
    record DemoNodeView(String id, boolean running, int nvmePort) {
        static DemoNodeView of(DemoNode node) {
            return new DemoNodeView(node.id().name(), node.running(), node.nvmePort());
        }
    }

    @GetMapping("/demo/nodes")
    List<DemoNodeView> nodes() {
        return nodes.all().stream().map(DemoNodeView::of).toList();
    }

    @PostMapping("/demo/nodes/{id}/stop")
    DemoNodeView stop(@PathVariable String id) {
        DemoNode node = nodes.node(new NodeId(id));
        node.stop();
        return DemoNodeView.of(node);
    }

    @PostMapping("/demo/nodes/{id}/start")
    DemoNodeView start(@PathVariable String id) {
        DemoNode node = nodes.node(new NodeId(id));
        node.start();
        return DemoNodeView.of(node);
    }
}
