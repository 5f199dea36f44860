package io.orlop.dataplane.agent;

import io.orlop.dataplane.block.DeviceOpener;
import io.orlop.dataplane.block.Exports;
import io.orlop.dataplane.disk.Disks;
import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.model.ambient.Ambient;
import java.util.List;
import java.util.function.Supplier;

/// What a storage node stands on; a simulation hands in its own.
///
/// @param remote opens what other nodes serve
/// @param addresses where it connects to them from, numeric, as they see it come; none if that is not known
public record NodePorts(
        Disks disks,
        Exports exports,
        DeviceOpener remote,
        NexusInfoStore infoStore,
        BlockDevices blockDevices,
        Supplier<List<String>> addresses,
        Ambient ambient) {}
