package io.orlop.wire.service;

import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;

/// Where nodes say that they live; on the wire `mayastor.v1.Registration`.
public interface Registration {
    /// Called every few seconds. Another instance than before means that the node was started again.
    void register(NodeRegistration node);

    /// The same where it says nothing new, as nearly always: done at once, without waiting for anybody.
    ///
    /// @return false if it has to be registered: nothing was done
    default boolean stillHere(NodeRegistration node) {
        return false;
    }

    /// The node leaves in good order.
    void deregister(NodeId node);
}
