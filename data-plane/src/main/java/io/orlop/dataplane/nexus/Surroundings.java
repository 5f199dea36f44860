package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.DeviceOpener;
import io.orlop.dataplane.block.Exports;
import io.orlop.model.NodeId;
import io.orlop.model.ambient.Ambient;

/// What every nexus of a node takes from it.
///
/// @param changed called after every change of what a nexus reports, the progress of rebuilds apart
public record Surroundings(
        NodeId node,
        DeviceOpener opener,
        Exports exports,
        NexusInfoStore infoStore,
        Runnable changed,
        Ambient ambient) {}
