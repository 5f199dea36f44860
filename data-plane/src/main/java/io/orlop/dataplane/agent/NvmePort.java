package io.orlop.dataplane.agent;

import io.orlop.dataplane.block.DeviceOpener;
import io.orlop.dataplane.block.Exports;
import io.orlop.dataplane.network.Network;
import io.orlop.dataplane.nvme.target.NvmeTarget;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;

/// A node's way to hosts and to other nodes: NVMe/TCP, as a target and as an initiator.
public record NvmePort(NvmeTarget target, Exports exports, DeviceOpener opener) {
    /// @param address where hosts reach the target
    /// @param hostNqn by what name this node connects to others
    public static NvmePort of(NvmeTarget target, String address, String hostNqn, Network network, Ambient ambient)
            throws IOException {
        return new NvmePort(target, new NvmeExports(target, address), opener(hostNqn, network, ambient));
    }

    /// What a host has that serves nothing.
    public static DeviceOpener opener(String hostNqn, Network network, Ambient ambient) {
        return new NvmeOpener(hostNqn, network, ambient);
    }
}
