package io.orlop.nexus.target;

import io.orlop.model.NodeId;

/// A node that might serve.
///
/// @param nexuses how many it serves already
public record TargetNode(NodeId id, boolean online, boolean cordoned, int nexuses) {}
