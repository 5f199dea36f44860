package io.orlop.simulation;

import io.orlop.dataplane.network.Line;
import io.orlop.dataplane.network.Listener;
import io.orlop.dataplane.network.Network;
import io.orlop.model.ambient.Signal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// TCP between simulated machines: bytes in order, late, cut anywhere.
///
/// ```
///   write ──► [ on the way: 3 ms ][ 5 ms ][ end ] ──► read        no more than a window is on the way
/// ```
///
/// The fault model: a message that the weather loses is sent again and comes later, and what is behind it waits. While
/// two machines are apart nothing arrives; a line on which something has waited for [#PATIENCE] breaks at both ends. A
/// machine that lost power says nothing: its peers' lines break when it is back or when they have waited long enough.
final class SimulatedTcp {
    /// As long as the real one's probes take.
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private static final int WINDOW = 256 << 10;
    private static final int RESENT_MS = 200;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final SeededScheduler scheduler;
    private final SimulatedNetwork network;
    private final Map<String, InetAddress> addresses = new TreeMap<>();
    private final Map<String, Bound> listeners = new TreeMap<>();
    private final List<End> ends = new ArrayList<>();

    SimulatedTcp(SeededScheduler scheduler, SimulatedNetwork network) {
        this.scheduler = scheduler;
        this.network = network;
    }

    /// Where a machine is reached.
    InetAddress address(String machine) {
        return addresses.computeIfAbsent(machine, _ -> {
            try {
                return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) (addresses.size() + 1)});
            } catch (UnknownHostException impossible) {
                throw new AssertionError(impossible);
            }
        });
    }

    /// What a process has of it.
    Network of(SeededAmbient process) {
        return new Network() {
            @Override
            public Listener listen(InetSocketAddress at) {
                var here = new InetSocketAddress(address(process.machine()), at.getPort());
                var bound = new Bound(here, process);
                listeners.put(here.toString(), bound);
                return bound;
            }

            @Override
            public Line connect(InetSocketAddress to, Duration patience) throws IOException {
                return SimulatedTcp.this.connect(process, to, patience);
            }
        };
    }

    /// Its peers learn of it late: when it answers again that it knows nothing, or not at all.
    void crashed(SeededAmbient process) {
        listeners.values().removeIf(bound -> bound.process == process);
        ends.removeIf(end -> end.process == process && end.peer().process.isCrashed());
        for (End end : List.copyOf(ends)) {
            if (end.process != process || end.peer().process.isCrashed()) continue;
            Duration silence = Duration.ofMillis(scheduler.random().nextInt((int) PATIENCE.toMillis()));
            end.peer().process.start("a silent peer", () -> {
                pause(end.peer().process, silence);
                end.peer().reset();
            });
        }
    }

    private Line connect(SeededAmbient process, InetSocketAddress to, Duration patience) throws IOException {
        pause(process, network.onTheWay());
        Bound bound = listeners.get(to.toString());
        if (bound == null || !network.arrives(process, bound.process)) {
            // Nobody says no for a machine that is off or out of reach.
            pause(process, patience);
            throw new SocketTimeoutException(to + " does not answer");
        }
        if (!bound.open) throw new ConnectException(to + " refuses");
        var here = new InetSocketAddress(
                address(process.machine()), 1 + scheduler.random().nextInt(60_000));
        var mine = new End(process, here, to);
        var theirs = new End(bound.process, to, here);
        mine.peer = theirs;
        theirs.peer = mine;
        ends.add(mine);
        ends.add(theirs);
        bound.waiting.add(theirs);
        bound.arrival.raise();
        return mine;
    }

    private static void pause(SeededAmbient process, Duration time) {
        try {
            process.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(Signal signal) throws IOException {
        try {
            signal.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted on a line");
        }
    }

    private static final class Bound implements Listener {
        private final InetSocketAddress address;
        private final SeededAmbient process;
        private final ArrayDeque<Line> waiting = new ArrayDeque<>();
        private final Signal arrival;
        private boolean open = true;

        Bound(InetSocketAddress address, SeededAmbient process) {
            this.address = address;
            this.process = process;
            this.arrival = process.signal();
        }

        @Override
        public InetSocketAddress address() {
            return address;
        }

        @Override
        public Line accept() throws IOException {
            while (true) {
                if (!open) throw new ClosedChannelException();
                if (waiting.poll() instanceof Line line) return line;
                await(arrival);
            }
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
            arrival.raise();
        }
    }

    /// Bytes on their way, or the end of the stream.
    private record Chunk(byte @Nullable [] bytes, long arrivesNanos) {}

    private final class End implements Line {
        private final SeededAmbient process;
        private final InetSocketAddress here;
        private final InetSocketAddress there;
        private final ArrayDeque<Chunk> arriving = new ArrayDeque<>();
        private final Signal readable;
        private final Signal writable;
        private @Nullable End peer;
        private byte[] arrived = new byte[0];
        private int taken;
        private int onTheWay;
        private long lastArrival;
        private boolean ended;
        private boolean reset;
        private boolean closed;

        End(SeededAmbient process, InetSocketAddress here, InetSocketAddress there) {
            this.process = process;
            this.here = here;
            this.there = there;
            this.readable = process.signal();
            this.writable = process.signal();
        }

        End peer() {
            if (peer == null) throw new IllegalStateException("half a line");
            return peer;
        }

        @Override
        public InetSocketAddress here() {
            return here;
        }

        @Override
        public InetSocketAddress there() {
            return there;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (!into.hasRemaining()) return 0;
            while (taken == arrived.length) {
                check();
                if (ended) return -1;
                Chunk next = arriving.peek();
                if (next == null) await(readable);
                else if (next.arrivesNanos() > process.nanos())
                    pause(process, Duration.ofNanos(next.arrivesNanos() - process.nanos()));
                else if (!network.connected(process, peer().process)) waitForBetterWeather(next);
                else take(next);
            }
            check();
            // A read may stop anywhere.
            int length = 1 + scheduler.random().nextInt(arrived.length - taken);
            if (scheduler.random().nextInt(4) != 0) length = arrived.length - taken;
            length = Math.min(length, into.remaining());
            into.put(arrived, taken, length);
            taken += length;
            onTheWay -= length;
            peer().writable.raise();
            return length;
        }

        private void waitForBetterWeather(Chunk next) {
            if (process.nanos() - next.arrivesNanos() > PATIENCE.toNanos()) {
                peer().reset();
                reset();
            } else pause(process, LOOK_AGAIN);
        }

        private void take(Chunk chunk) {
            arriving.remove();
            byte[] bytes = chunk.bytes();
            if (bytes == null) ended = true;
            else {
                arrived = bytes;
                taken = 0;
            }
        }

        private void check() throws IOException {
            if (closed) throw new AsynchronousCloseException();
            if (reset) throw new SocketException("the connection was reset");
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            int length = from.remaining();
            if (length == 0) return 0;
            while (peer().onTheWay >= WINDOW) {
                check();
                await(writable);
            }
            check();
            int fits = Math.min(length, WINDOW - peer().onTheWay);
            byte[] bytes = new byte[fits];
            from.get(bytes);
            peer().send(bytes, fits, process);
            return fits;
        }

        @Override
        public long write(ByteBuffer[] from) throws IOException {
            return write(from, 0, from.length);
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) throws IOException {
            long written = 0;
            for (int i = offset; i < offset + length; i++) {
                while (from[i].hasRemaining()) written += write(from[i]);
            }
            return written;
        }

        /// From the other end to this one.
        private void send(byte @Nullable [] bytes, int length, SeededAmbient sender) {
            long late = network.onTheWay().toNanos();
            if (!network.arrives(sender, process))
                late += Duration.ofMillis(RESENT_MS).toNanos();
            lastArrival = Math.max(lastArrival, sender.nanos() + late);
            arriving.add(new Chunk(bytes, lastArrival));
            onTheWay += length;
            readable.raise();
        }

        private void reset() {
            reset = true;
            ends.remove(this);
            readable.raise();
            writable.raise();
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() {
            if (closed) return;
            closed = true;
            ends.remove(this);
            readable.raise();
            writable.raise();
            peer().send(null, 0, process);
            peer().writable.raise();
        }

        @Override
        public String toString() {
            return here + " to " + there;
        }
    }
}
