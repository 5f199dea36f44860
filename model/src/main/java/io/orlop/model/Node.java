package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// A node as promised and as observed; at least one of them is there.
public record Node(NodeId id, @Nullable NodeSpec spec, @Nullable NodeState state) {}
