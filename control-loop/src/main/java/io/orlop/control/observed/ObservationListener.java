package io.orlop.control.observed;

import io.orlop.model.NodeId;

/// Hears of which node something new is known. Called on the thread that follows the stream; must not block.
@FunctionalInterface
public interface ObservationListener {
    void changed(NodeId node);
}
