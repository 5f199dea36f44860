package io.orlop.dataplane.nvme.host;

import io.orlop.dataplane.network.Network;
import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Feature;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.Property;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Connects to a target and makes a block device of what it serves.
///
/// ```
///   admin queue: initialize, Connect ─▶ enable ─▶ identify ─▶ ask for queues
///   I/O queues:  initialize, Connect   (one connection each)
///   then: keep-alive in the background, and an eye on commands that take too long
/// ```
public final class NvmeInitiator {
    private static final int ADMIN_DEPTH = 31;
    private static final int ENABLE = 0x0046_0001;
    private static final int READY = 0x1;
    private static final Duration POLL = Duration.ofMillis(10);

    private final InetSocketAddress address;
    private final Network network;
    private final String subsystem;
    private final Host host;
    private final InitiatorOptions options;
    private final Ambient ambient;
    private final CopyOnWriteArrayList<HostQueue> queues = new CopyOnWriteArrayList<>();
    private final Signal ended;
    private volatile @Nullable NvmeDevice device;
    private volatile @Nullable IOException failure;

    private NvmeInitiator(
            InetSocketAddress address,
            String subsystem,
            Host host,
            InitiatorOptions options,
            Network network,
            Ambient ambient) {
        this.address = address;
        this.network = network;
        this.subsystem = subsystem;
        this.host = host;
        this.options = options;
        this.ambient = ambient;
        this.ended = ambient.signal();
    }

    /// @throws NvmeException if the target refuses, for instance because the host is not allowed
    /// @throws IOException if it cannot be reached or does not keep to the protocol
    public static NvmeDevice connect(
            InetSocketAddress address, String subsystem, Host host, InitiatorOptions options, Ambient ambient)
            throws IOException {
        return connect(address, subsystem, host, options, Network.tcp(), ambient);
    }

    /// The same over another network.
    public static NvmeDevice connect(
            InetSocketAddress address,
            String subsystem,
            Host host,
            InitiatorOptions options,
            Network network,
            Ambient ambient)
            throws IOException {
        return new NvmeInitiator(address, subsystem, host, options, network, ambient).connect();
    }

    private NvmeDevice connect() throws IOException {
        ambient.start("nvme-io-timeout", this::watch);
        try {
            HostQueue admin = open(" admin queue", ADMIN_DEPTH);
            int id = (int) connectQueue(admin, 0, ADMIN_DEPTH, Fabrics.ANY_CONTROLLER) & 0xFFFF;
            enable(admin);
            long entries = (admin.execute(Fabrics.propertyGet(Property.CAPABILITIES)) & 0xFFFF) + 1;
            RemoteController controller = RemoteController.identify(admin);
            RemoteNamespace namespace = RemoteNamespace.identify(admin);
            int depth = (int) Math.min(options.queueDepth(), Math.min(entries - 1, controller.commandsMax()));
            List<HostQueue> io = new ArrayList<>();
            int granted = askForQueues(admin);
            for (int queue = 1; queue <= granted; queue++) {
                HostQueue opened = open(" queue " + queue, depth);
                connectQueue(opened, queue, depth, id);
                opened.inCapsuleBytes(controller.inCapsuleBytes());
                io.add(opened);
            }
            NvmeDevice made = new NvmeDevice(admin, io, controller, namespace, options, ambient);
            device = made;
            if (failure instanceof IOException cause) throw cause;
            made.start();
            return made;
        } catch (IOException | RuntimeException e) {
            broken(e instanceof IOException io ? io : new IOException(e));
            throw e;
        }
    }

    private HostQueue open(String kind, int depth) throws IOException {
        HostQueue queue = new HostQueue(
                "%s at %s,%s".formatted(subsystem, address, kind),
                address,
                network,
                options,
                depth,
                this::broken,
                ambient);
        queues.add(queue);
        queue.initialize();
        return queue;
    }

    private long connectQueue(HostQueue queue, int id, int depth, int controller) throws IOException {
        int keepAliveMs = id == 0 ? Math.toIntExact(options.keepAlive().toMillis()) : 0;
        ByteBuffer data = new Fabrics.ConnectData(host.id(), controller, subsystem, host.nqn()).bytes();
        // Without flow control a read needs no answer beside its data.
        return queue.execute(new Fabrics.Connect(0, id, depth, false, keepAliveMs).command(), data);
    }

    private void enable(HostQueue admin) throws IOException {
        admin.execute(Fabrics.propertySet(Property.CONFIGURATION, ENABLE));
        long deadline = ambient.nanos() + options.ioTimeout().toNanos();
        while ((admin.execute(Fabrics.propertyGet(Property.STATUS)) & READY) == 0) {
            if (ambient.nanos() > deadline) throw new IOException(subsystem + " did not become ready");
            try {
                ambient.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while connecting to " + subsystem, e);
            }
        }
    }

    private int askForQueues(HostQueue admin) throws IOException {
        int wanted = options.ioQueues() - 1;
        long granted = admin.execute(
                Command.admin(AdminOpcode.SET_FEATURES, 0, Sgl.NONE, Feature.QUEUES, wanted | wanted << 16));
        return (int) Math.min(options.ioQueues(), 1 + Math.min(granted & 0xFFFF, granted >>> 16 & 0xFFFF));
    }

    /// One broken queue ends them all.
    private void broken(IOException cause) {
        if (failure == null) failure = cause;
        ended.raise();
        for (HostQueue queue : queues) queue.fail(cause);
        NvmeDevice made = device;
        if (made != null) made.fail(cause);
    }

    private void watch() {
        try {
            while (!ended.await(options.ioTimeout().dividedBy(4)) && failure == null) {
                for (HostQueue queue : queues) queue.expire(options.ioTimeout());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
