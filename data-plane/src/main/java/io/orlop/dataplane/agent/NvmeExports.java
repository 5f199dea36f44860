package io.orlop.dataplane.agent;

import io.orlop.dataplane.block.Exports;
import io.orlop.dataplane.block.Exposure;
import io.orlop.dataplane.nvme.target.NvmeTarget;
import io.orlop.dataplane.nvme.target.Subsystem;
import io.orlop.dataplane.nvme.target.SubsystemSpec;
import io.orlop.model.AllowedHost;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Offers devices over NVMe/TCP.
final class NvmeExports implements Exports {
    private final NvmeTarget target;
    private final String authority;

    /// @param address where hosts reach this node
    NvmeExports(NvmeTarget target, String address) throws IOException {
        this.target = target;
        this.authority = address + ":" + target.port();
    }

    @Override
    public void expose(Exposure exposure) throws IOException {
        try {
            target.add(SubsystemSpec.of(exposure.nqn(), exposure.device(), exposure.identity())
                    .withControllers(exposure.firstController(), exposure.lastController())
                    .withAllowedHosts(exposure.allowedHosts()));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void allow(String nqn, List<AllowedHost> hosts) throws IOException {
        Optional<Subsystem> subsystem = target.subsystem(nqn);
        if (subsystem.isEmpty()) return;
        if (subsystem.get().closed()) {
            throw new IOException("%s is withdrawn, and its device not done with %s; unshare it again first"
                    .formatted(nqn, subsystem.get().leftovers()));
        }
        try {
            subsystem.get().allow(hosts);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while hosts let go of " + nqn, e);
        }
    }

    @Override
    public void withdraw(String nqn) throws IOException {
        Optional<Subsystem> subsystem = target.subsystem(nqn);
        if (subsystem.isEmpty()) return;
        try {
            if (target.remove(subsystem.get())) return;
            throw new IOException("%s is withdrawn from hosts, but its device is not done with %s; withdraw it again"
                    .formatted(nqn, subsystem.get().leftovers()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while hosts let go of " + nqn, e);
        }
    }

    @Override
    public String uri(String nqn) {
        return "nvmf+tcp://" + authority + "/" + nqn;
    }

    @Override
    public Optional<String> ailment() {
        return target.ailment();
    }
}
