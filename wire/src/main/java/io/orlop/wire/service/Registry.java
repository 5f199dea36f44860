package io.orlop.wire.service;

import io.orlop.model.BlockDevice;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.rpc.Question;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// registry-service: who is here, and what the nodes report.
public interface Registry {
    /// @param after the last one of the page before; `null` for the first page. It need not be there any more
    /// @param most 1 to [Page#MOST]
    @Question
    Page<Node> nodes(@Nullable NodeId after, int most);

    /// All of them, page by page.
    default Stream<Node> nodes() {
        return Pages.<NodeId, Node>all(this::nodes, Node::id);
    }

    @Question
    Node node(NodeId node);

    /// Nothing new is placed on the node until every label is taken away. AlreadyExists for a label it has.
    Node cordon(NodeId node, String label);

    Node uncordon(NodeId node, String label);

    /// @param overwrite whether a key that is there with another value may change
    Node label(NodeId node, Map<String, String> labels, boolean overwrite);

    Node unlabel(NodeId node, String key);

    @Question
    List<BlockDevice> blockDevices(NodeId node, boolean all);

    /// Asks the node now; returns when the answer is in the stream, and where.
    @Question
    Observation.Cursor refresh(NodeId node);

    Feed<Observation> observe(Observation.Cursor from);
}
