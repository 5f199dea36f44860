package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.network.Line;
import io.orlop.dataplane.network.Listener;
import io.orlop.dataplane.network.Network;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.LogPages;
import io.orlop.dataplane.nvme.wire.Status;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// An NVMe/TCP target: listens at one address and serves subsystems, which come and go while it runs.
///
/// ```
///   NvmeTarget ──▶ Subsystem ──▶ Controller (one per host and path) ──▶ TargetConnection (one per queue)
///                     │                                                       │
///                 BlockDevice ◀───────────────────────── IoQueue ◀────────────┘
/// ```
public final class NvmeTarget implements AutoCloseable {
    public static final int DEFAULT_PORT = 8420;

    private static final System.Logger LOG = System.getLogger(NvmeTarget.class.getName());
    private static final int CONNECTIONS_MAX = 2048;
    private static final int STRANGERS_MAX = 128;
    private static final Duration CONNECT_TIME = Duration.ofSeconds(10);
    /// How long a controller must have been silent to give way to a host that finds all ids taken.
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /// How long a host may look at the list of subsystems in silence, where it asks for no keep-alive.
    private static final Duration DISCOVERY_KEEP_ALIVE = Duration.ofMinutes(2);

    /// How long a host that comes back waits for what it left behind, before it is told to come again later.
    private static final Duration RETURN_TIME = Duration.ofSeconds(3);

    /// For how long a target says that it had to refuse somebody: one refusal must not cost a node its heartbeats.
    private static final Duration REGRET = Duration.ofSeconds(3);

    private final Ambient ambient;
    private final Listener server;
    private final Memory memory;
    private final ConcurrentSkipListMap<String, Export> exports = new ConcurrentSkipListMap<>();
    private final Set<TargetConnection> connections = ConcurrentHashMap.newKeySet();
    private final Strangers strangers = new Strangers(STRANGERS_MAX);
    private final AtomicLong generation = new AtomicLong();
    private final DiscoverySubsystem discovery = new DiscoverySubsystem(this::discoveryLog);
    private final Signal closing;
    private @Nullable Thread accepting;
    private volatile @Nullable Throwable acceptingFailed;
    private volatile @Nullable Long starvedNanos;

    /// Listens at once; port 0 takes a free one. All targets of a process share what memory there is for them.
    public static NvmeTarget listen(InetSocketAddress address, Ambient ambient) throws IOException {
        return listen(address, Network.tcp(), Memory.OF_PROCESS, ambient);
    }

    static NvmeTarget listen(InetSocketAddress address, Memory memory, Ambient ambient) throws IOException {
        return listen(address, Network.tcp(), memory, ambient);
    }

    /// The same over another network.
    ///
    /// @param memory how many bytes it may hold for its hosts
    public static NvmeTarget listen(InetSocketAddress address, Network network, long memory, Ambient ambient)
            throws IOException {
        return listen(address, network, new Memory(memory), ambient);
    }

    private static NvmeTarget listen(InetSocketAddress address, Network network, Memory memory, Ambient ambient)
            throws IOException {
        Listener server;
        try {
            server = network.listen(address);
        } catch (IOException e) {
            throw new IOException("cannot listen for NVMe/TCP at %s: %s".formatted(address, e.getMessage()), e);
        }
        NvmeTarget target = new NvmeTarget(server, memory, ambient);
        target.accepting = ambient.start("nvme-accept", target::accept);
        ambient.start("nvme-connect-time", target::watch);
        return target;
    }

    private NvmeTarget(Listener server, Memory memory, Ambient ambient) {
        this.server = server;
        this.memory = memory;
        this.ambient = ambient;
        this.closing = ambient.signal();
        exports.put(discovery.nqn(), discovery);
    }

    public InetSocketAddress address() throws IOException {
        return server.address();
    }

    public int port() throws IOException {
        return address().getPort();
    }

    /// Why it cannot be counted on to serve hosts, in words, or nothing while it can.
    public Optional<String> ailment() {
        if (acceptingFailed instanceof Throwable failure) return Optional.of("it accepts no hosts: " + failure);
        Long starved = starvedNanos;
        return starved != null && ambient.nanos() - starved < REGRET.toNanos()
                ? Optional.of("it refuses hosts for want of memory; %d of %d bytes are taken"
                        .formatted(memory.taken(), memory.size()))
                : Optional.empty();
    }

    /// Serves a device from now on. The device stays the caller's, who closes it after [#remove].
    public Subsystem add(SubsystemSpec spec) {
        Subsystem subsystem = new Subsystem(spec, ambient);
        Export there = exports.putIfAbsent(spec.nqn(), subsystem);
        if (there instanceof Subsystem old && old.closed()) {
            if (!old.leftovers().isEmpty()) {
                throw new IllegalArgumentException(
                        "%s is withdrawn, but its device is not done with %s; withdraw it again first"
                                .formatted(spec.nqn(), old.leftovers()));
            }
            there = exports.replace(spec.nqn(), old, subsystem) ? null : old;
        }
        if (there != null) {
            throw new IllegalArgumentException("%s is already served here; remove it first".formatted(spec.nqn()));
        }
        listChanged();
        return subsystem;
    }

    /// Cuts off all hosts and waits until the device is left alone, or for ten seconds. Not left alone, it keeps its
    /// name, and removing it again waits again.
    ///
    /// @return whether it is left alone
    public boolean remove(Subsystem subsystem) throws InterruptedException {
        subsystem.close();
        listChanged();
        if (!subsystem.awaitAllGone()) return false;
        exports.remove(subsystem.nqn(), subsystem);
        return true;
    }

    public Optional<Subsystem> subsystem(String nqn) {
        return exports.get(nqn) instanceof Subsystem subsystem ? Optional.of(subsystem) : Optional.empty();
    }

    /// Those that hosts can connect to.
    public List<Subsystem> subsystems() {
        List<Subsystem> all = new ArrayList<>();
        for (Export export : exports.values()) {
            if (export instanceof Subsystem subsystem && !subsystem.closed()) all.add(subsystem);
        }
        return all;
    }

    /// Stops listening and cuts off everybody.
    @Override
    public void close() throws IOException {
        server.close();
        closing.raise();
        for (Export export : exports.values()) {
            for (Controller controller : export.controllers().close()) controller.close();
        }
        for (TargetConnection connection : connections) connection.close();
        awaitRelease();
    }

    /// The port is free only when nobody waits in accept any more.
    private void awaitRelease() throws IOException {
        try {
            if (accepting != null) accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing", e);
        }
    }

    Admission admit(Fabrics.Connect connect, Fabrics.ConnectData data, TargetConnection connection) {
        if (Admission.refusalOf(connect, data) instanceof Admission.Refused refused) return refused;
        Export export = exports.get(data.subsystem());
        if (export == null || export.controllers().closed()) {
            return Admission.wrongData(Fabrics.ConnectData.SUBSYSTEM_AT);
        }
        Host host = new Host(data.host(), data.hostId());
        if (!export.allows(host, connection.from())) return new Admission.Refused(Status.HOST_NOT_ALLOWED, 0);
        return connect.queue() == 0
                ? admitAdmin(connect, data, export, host, connection)
                : admitIo(connect, data, export, host, connection);
    }

    private Admission admitAdmin(
            Fabrics.Connect connect, Fabrics.ConnectData data, Export export, Host host, TargetConnection connection) {
        Duration asked = AdminCommands.keepAlive(connect.keepAliveMs());
        Duration keepAlive = export == discovery && asked.isZero() ? DISCOVERY_KEEP_ALIVE : asked;
        Controllers controllers = export.controllers();
        controllers.staleOf(host).forEach(Controller::close);
        IntFunction<Controller> make = id -> new Controller(
                id, export, host, connection.from(), connection.localAddress(), keepAlive, connection::tell, ambient);
        Controller controller = controllers.open(make);
        if (controller == null && controllers.longestSilent(SILENCE) instanceof Controller silent) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0} of {1} gives way to {2}: all controllers are taken, and it has been silent for longest",
                    silent.host().nqn(),
                    export.nqn(),
                    host.nqn());
            silent.close();
            controller = controllers.open(make);
        }
        if (controller == null) return new Admission.Refused(Status.CONTROLLER_BUSY, 0);
        controller.attach(0, connection);
        // Who was struck off the list while connecting was not yet there to be cut off.
        if (!export.allows(host, connection.from())) controller.close();
        return new Admission.Admitted(controller);
    }

    private static Admission admitIo(
            Fabrics.Connect connect, Fabrics.ConnectData data, Export export, Host host, TargetConnection connection) {
        if (!(export instanceof Subsystem subsystem)) return Admission.wrongParameter(Fabrics.Connect.QUEUE_AT);
        Controller controller = export.controllers().find(data.controller());
        if (controller == null || !controller.host().equals(host)) {
            return Admission.wrongData(Fabrics.ConnectData.CONTROLLER_AT);
        }
        if (!controller.registers().ready()) return new Admission.Refused(Status.SEQUENCE_ERROR, 0);
        if (!leftNothingBehind(host, subsystem)) return new Admission.Refused(Status.CONTROLLER_BUSY, 0);
        return switch (controller.attach(connect.queue(), connection)) {
            case ATTACHED -> new Admission.Admitted(controller);
            case TAKEN -> new Admission.Refused(Status.SEQUENCE_ERROR, 0);
            case ENDED -> Admission.wrongData(Fabrics.ConnectData.CONTROLLER_AT);
        };
    }

    private static boolean leftNothingBehind(Host host, Subsystem subsystem) {
        try {
            if (subsystem.awaitGone(host, RETURN_TIME)) return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "{0} is told to come back to {1} later: the device is not done with {2}",
                host.nqn(),
                subsystem.nqn(),
                subsystem.leftovers());
        return false;
    }

    /// There was no memory for a connection, or for what one was promised.
    void starved(@Nullable OutOfMemoryError e) {
        boolean known = ailment().isPresent();
        starvedNanos = ambient.nanos();
        if (known) return;
        LOG.log(System.Logger.Level.WARNING, "out of memory for hosts, {0} bytes are taken: {1}", memory.taken(), e);
    }

    /// It is a queue now.
    void connected(TargetConnection connection) {
        strangers.left(connection);
    }

    void ended(TargetConnection connection) {
        strangers.left(connection);
        connections.remove(connection);
    }

    private void listChanged() {
        generation.incrementAndGet();
        discovery.changed();
    }

    private ByteBuffer discoveryLog(Controller controller) {
        List<LogPages.Reachable> reachable = new ArrayList<>();
        InetSocketAddress local = controller.address();
        for (Subsystem subsystem : subsystems()) {
            if (!subsystem.allows(controller.host(), controller.from())) continue;
            reachable.add(new LogPages.Reachable(
                    subsystem.nqn(),
                    local.getAddress().getHostAddress(),
                    local.getAddress() instanceof Inet6Address,
                    local.getPort()));
        }
        return LogPages.discovery(generation.get(), reachable);
    }

    private void accept() {
        try {
            while (server.isOpen()) {
                try {
                    take(server.accept());
                } catch (ClosedChannelException e) {
                    if (!server.isOpen()) return;
                } catch (IOException | RuntimeException | OutOfMemoryError e) {
                    // Whatever one connection costs or brings, the next may be a host's.
                    if (e instanceof OutOfMemoryError memoryError) starved(memoryError);
                    LOG.log(System.Logger.Level.WARNING, "accepting a connection failed: {0}", e.getMessage());
                    if (!pause()) return;
                }
            }
        } catch (Throwable e) {
            acceptingFailed = e;
            throw e;
        } finally {
            if (acceptingFailed == null && server.isOpen()) acceptingFailed = new IOException("interrupted");
        }
    }

    private void take(Line channel) throws IOException {
        Memory.Share share = null;
        TargetConnection connection = null;
        boolean taken = false;
        try {
            if (connections.size() >= CONNECTIONS_MAX) {
                LOG.log(System.Logger.Level.WARNING, "refused a connection beyond {0}", CONNECTIONS_MAX);
                return;
            }
            share = memory.open();
            if (share == null) {
                starved(null);
                return;
            }
            connection = new TargetConnection(this, channel, share, ambient);
            connections.add(connection);
            strangers.came(connection, ambient.nanos()).ifPresent(TargetConnection::close);
            ambient.start("nvme-connection", connection::run);
            taken = true;
        } finally {
            if (!taken) {
                channel.close();
                if (share != null) share.close();
                if (connection != null) ended(connection);
            }
        }
    }

    /// So that a lack of file descriptors does not keep a processor busy.
    private boolean pause() {
        try {
            ambient.sleep(Duration.ofMillis(100));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// While somebody waits for memory, who holds it and has neither read nor sent from one look to the next lets go.
    private void freeMemory() {
        boolean scarce = memory.isShort();
        for (TargetConnection connection : connections) {
            if (!connection.holdsUp() || !scarce) continue;
            LOG.log(System.Logger.Level.WARNING, "{0} holds memory that others wait for, and is cut off", connection);
            connection.close();
        }
    }

    /// Closes connections that took too long to become a queue, and those that hold what others need.
    private void watch() {
        try {
            while (!closing.await(CONNECT_TIME)) {
                strangers.olderThan(CONNECT_TIME, ambient.nanos()).forEach(TargetConnection::close);
                freeMemory();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
