package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.block.Warrant;
import io.orlop.dataplane.nvme.namespace.NvmCommands;
import io.orlop.dataplane.nvme.wire.AsyncEvent;
import io.orlop.dataplane.nvme.wire.ControllerRegisters;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One host's association with one subsystem: its registers, its queues (each a connection) and its keep-alive.
/// It ends with its admin queue, when the host is not heard of for a keep-alive time, or when it is closed; then
/// all its queues do, and the leave to use the device is taken back before anything else.
///
/// An I/O queue that ends with commands under way takes the others along: what became of those commands nobody can
/// tell, and the host must not go on as if nothing had happened. The admin queue stays for it to say goodbye on.
final class Controller {
    /// A host that asks for no keep-alive is given this much silence before its next association replaces this one.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// How exactly it is known when a host was heard last: noting it at each command would cost every one of them.
    private static final long HEARD_NANOS = 1_000_000_000;

    private final int id;
    private final Export export;
    private final Host host;
    private final InetAddress from;
    private final InetSocketAddress address;
    private final AsyncEvents events;
    private final Signal change;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Integer, TargetConnection> queues = new TreeMap<>();
    private final Features features = new Features();
    private final Warrant serving = () -> !this.cutOff;
    private final @Nullable NvmCommands commands;
    private final Ambient ambient;
    private volatile ControllerRegisters registers = ControllerRegisters.created();
    private volatile Duration keepAlive;
    private volatile boolean heard;
    private volatile long heardNanos;
    private volatile boolean namespaceChanged;
    private volatile boolean cutOff;
    private boolean closed;

    Controller(
            int id,
            Export export,
            Host host,
            InetAddress from,
            InetSocketAddress address,
            Duration keepAlive,
            BiConsumer<Integer, AsyncEvent> tell,
            Ambient ambient) {
        this.id = id;
        this.export = export;
        this.host = host;
        this.from = from;
        this.address = address;
        this.keepAlive = keepAlive;
        this.ambient = ambient;
        this.commands = export instanceof Subsystem subsystem
                ? new NvmCommands(subsystem.device(), subsystem::ana, serving)
                : null;
        this.heardNanos = ambient.nanos();
        this.events = new AsyncEvents(tell);
        this.change = ambient.signal();
        ambient.start("nvme-keep-alive-" + id, this::watch);
    }

    int id() {
        return id;
    }

    Export export() {
        return export;
    }

    Host host() {
        return host;
    }

    /// Where the host came from.
    InetAddress from() {
        return from;
    }

    /// Where the host reached us.
    InetSocketAddress address() {
        return address;
    }

    AsyncEvents events() {
        return events;
    }

    /// What its I/O commands do, where there is a namespace.
    @Nullable
    NvmCommands commands() {
        return commands;
    }

    Features features() {
        return features;
    }

    ControllerRegisters registers() {
        return registers;
    }

    void configure(int value) {
        registers = registers.configured(value);
    }

    Duration keepAlive() {
        return keepAlive;
    }

    /// Zero means that the host need not be heard of.
    void keepAlive(Duration time) {
        keepAlive = time;
        change.raise();
    }

    /// The host sent a command. Read before it is written, since many threads see that it already is.
    void heard() {
        if (!heard) heard = true;
        long now = ambient.nanos();
        if (now - heardNanos >= HEARD_NANOS) heardNanos = now;
    }

    /// How long ago the host was heard of, to a second.
    Duration silence() {
        return Duration.ofNanos(ambient.nanos() - heardNanos);
    }

    boolean silentFor(Duration atLeast) {
        return silence().compareTo(atLeast) >= 0;
    }

    /// How much silence says that the host is most likely gone.
    Duration patience() {
        return keepAlive.compareTo(PATIENCE) > 0 ? keepAlive : PATIENCE;
    }

    /// Stands as long as the host may use the device.
    Warrant serving() {
        return serving;
    }

    enum Attachment {
        ATTACHED,
        TAKEN,
        ENDED
    }

    Attachment attach(int queue, TargetConnection connection) {
        lock.lock();
        try {
            if (closed || cutOff) return Attachment.ENDED;
            return queues.putIfAbsent(queue, connection) == null ? Attachment.ATTACHED : Attachment.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /// A queue has ended.
    ///
    /// @param broken whether commands were under way
    void detach(int queue, TargetConnection connection, boolean broken) {
        lock.lock();
        try {
            queues.remove(queue, connection);
        } finally {
            lock.unlock();
        }
        if (queue == 0) close();
        else if (broken) cutOff();
    }

    private void cutOff() {
        List<TargetConnection> io;
        lock.lock();
        try {
            cutOff = true;
            io = new ArrayList<>(queues.tailMap(1).values());
        } finally {
            lock.unlock();
        }
        for (TargetConnection connection : io) connection.close();
    }

    /// Ends all its connections. What they have with the device may still be finishing.
    void close() {
        List<TargetConnection> open;
        lock.lock();
        try {
            cutOff = true;
            closed = true;
            open = new ArrayList<>(queues.values());
        } finally {
            lock.unlock();
        }
        export.controllers().remove(this);
        for (TargetConnection connection : open) connection.close();
        change.raise();
    }

    void namespaceChanged() {
        namespaceChanged = true;
        events.happened(AsyncEvent.NAMESPACE_CHANGED);
    }

    /// Whether the namespace changed since this was asked last.
    boolean takeNamespaceChanged() {
        boolean changed = namespaceChanged;
        namespaceChanged = false;
        return changed;
    }

    /// A time without a command is noticed when it is over, so a silent host is let go after one to two of them.
    private void watch() {
        try {
            while (!isClosed()) {
                Duration time = keepAlive;
                if (time.isZero()) change.await();
                else if (!change.await(time) && !stillHeard()) close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    private boolean stillHeard() {
        boolean was = heard;
        heard = false;
        return was;
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
