package io.orlop.model;

/// Whether a node is heard of.
public enum NodeStatus {
    UNKNOWN,
    ONLINE,
    OFFLINE
}
