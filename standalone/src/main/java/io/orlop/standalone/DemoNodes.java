package io.orlop.standalone;

import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import java.util.List;

/// The storage nodes of a demo, in the order of their numbers.
record DemoNodes(List<DemoNode> all) implements AutoCloseable {
    DemoNodes {
        all = List.copyOf(all);
    }

    DemoNode node(NodeId id) {
        return all.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow(() -> new Refusal.NotFound(
                        "the demo has no node " + id,
                        "its nodes are " + all.stream().map(DemoNode::id).toList())
                .exception());
    }

    /// Each leaves by itself, the last first: one that cannot in good order keeps no other from it.
    @Override
    public void close() {
        var leaving = new Parts();
        all.forEach(node -> leaving.keep(node, DemoNode::leave));
        leaving.close();
    }
}
