package io.orlop.wire.service;

import io.orlop.model.BlockDevice;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.rpc.Repeatable;
import java.util.List;
import java.util.Map;

/// registry-service: who is here, and what the nodes report.
public interface Registry {
    @Repeatable
    List<Node> nodes();

    @Repeatable
    Node node(NodeId node);

    /// Nothing new is placed on the node until every label is taken away. AlreadyExists for a label it has.
    Node cordon(NodeId node, String label);

    Node uncordon(NodeId node, String label);

    /// @param overwrite whether a key that is there with another value may change
    Node label(NodeId node, Map<String, String> labels, boolean overwrite);

    Node unlabel(NodeId node, String key);

    @Repeatable
    List<BlockDevice> blockDevices(NodeId node, boolean all);

    /// Asks the node now; returns when the answer is in the stream, and where.
    @Repeatable
    Observation.Cursor refresh(NodeId node);

    Feed<Observation> observe(Observation.Cursor from);
}
