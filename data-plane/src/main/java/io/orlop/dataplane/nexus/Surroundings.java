package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.DeviceOpener;
import io.orlop.dataplane.block.Exports;
import io.orlop.model.NodeId;
import io.orlop.model.ambient.Ambient;

/// What every nexus of a node takes from it.
public record Surroundings(
        NodeId node, DeviceOpener opener, Exports exports, NexusInfoStore infoStore, Ambient ambient) {}
