package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.nvme.host.InitiatorOptions;
import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.host.NvmeInitiator;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.UUID;

/// A target on a port of its own with one subsystem, for tests.
final class Rig implements AutoCloseable {
    static final String NQN = "nqn.2019-05.io.openebs:volume";
    static final UUID UUID_ = UUID.fromString("6c3f1f0e-5a39-4f6c-8f6e-2c7f4c9d1a11");
    static final Host HOST = new Host("nqn.2019-05.io.openebs:node-name:a", new UUID(1, 2));
    /// Patient, since a busy machine must not fail a test.
    static final InitiatorOptions OPTIONS =
            InitiatorOptions.defaults().withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60));

    final NvmeTarget target;
    final Subsystem subsystem;

    Rig(BlockDevice device) throws IOException {
        this(SubsystemSpec.of(NQN, device, UUID_), Ambient.system());
    }

    Rig(SubsystemSpec spec, Ambient ambient) throws IOException {
        target = NvmeTarget.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ambient);
        subsystem = target.add(spec);
    }

    NvmeDevice connect() throws IOException {
        return connect(HOST, OPTIONS);
    }

    NvmeDevice connect(Host host, InitiatorOptions options) throws IOException {
        return NvmeInitiator.connect(target.address(), NQN, host, options, Ambient.system());
    }

    @Override
    public void close() throws IOException {
        target.close();
    }
}
