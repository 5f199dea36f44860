package io.orlop.dataplane.agent;

import io.orlop.dataplane.disk.LocalDisks;
import io.orlop.dataplane.network.Network;
import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.dataplane.nvme.target.NvmeTarget;
import io.orlop.model.NodeRegistration;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.FencedAgent;
import io.orlop.wire.service.Registration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A storage node on the real things: this machine's disks and an NVMe/TCP target. Every start is another instance.
public final class RunningNode implements AutoCloseable {
    private final NvmePort nvme;
    private final StorageNode node;

    private RunningNode(NvmePort nvme, StorageNode node) {
        this.nvme = nvme;
        this.node = node;
    }

    /// Listens for hosts at once.
    public static RunningNode start(NodeSettings settings, NexusInfoStore infoStore, Ambient ambient)
            throws IOException {
        NvmeTarget target = NvmeTarget.listen(listenAt(settings), ambient);
        NvmePort nvme = NvmePort.of(target, settings.advertise(), settings.hostNqn(), Network.tcp(), ambient);
        NodeRegistration registration = new NodeRegistration(
                settings.node(), settings.grpcEndpoint(), UUID.randomUUID().toString(), settings.hostNqn(), version());
        return new RunningNode(
                nvme,
                new StorageNode(
                        registration,
                        new NodePorts(
                                new LocalDisks(),
                                nvme.exports(),
                                nvme.opener(),
                                infoStore,
                                new SystemBlockDevices(settings.dir()),
                                new OwnAddresses(settings.connectsFrom(), InetAddress.getByName(settings.advertise())),
                                ambient)));
    }

    /// At the address told to others, and nowhere else. One that is not this machine's own is translated by somebody on
    /// the way, who knows to which of its own.
    private static InetSocketAddress listenAt(NodeSettings settings) throws IOException {
        InetAddress told = InetAddress.getByName(settings.advertise());
        return OwnAddresses.isOwn(told)
                ? new InetSocketAddress(told, settings.nvmePort())
                : new InetSocketAddress(settings.nvmePort());
    }

    private static @Nullable String version() {
        return RunningNode.class.getPackage().getImplementationVersion();
    }

    public FencedAgent agent() {
        return node;
    }

    public Heartbeat heartbeat(Registration registration) {
        return node.heartbeat(registration);
    }

    public int nvmePort() throws IOException {
        return nvme.target().port();
    }

    /// Stops in good order: every nexus notes which copies are whole.
    @Override
    public void close() throws IOException {
        try {
            node.close();
        } finally {
            nvme.target().close();
        }
    }

    /// Stops as abruptly as a killed process: hosts are cut off in the middle, nobody writes anything down.
    public void kill() throws IOException {
        nvme.target().close();
        node.abandon();
    }
}
