package io.orlop.simulation;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.DeviceOpener;
import io.orlop.dataplane.block.Exports;
import io.orlop.dataplane.block.Exposure;
import io.orlop.model.AllowedHost;
import io.orlop.model.NodeId;
import io.orlop.model.RefusalException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// NVMe-oF without NVMe: what nodes expose, and how others reach it over the [SimulatedNetwork]. The address in a URI
/// is the node's name.
final class SimulatedFabric {
    private final SimulatedNetwork network;
    private final Map<NodeId, Port> ports = new TreeMap<>();
    private final Map<NodeId, InetAddress> addresses = new TreeMap<>();

    SimulatedFabric(SimulatedNetwork network) {
        this.network = network;
    }

    /// Where a node that starts now exposes its devices; what it exposed in an earlier life is gone.
    Exports port(NodeId node, SeededAmbient process) {
        var port = new Port(node, process);
        ports.put(node, port);
        return port;
    }

    /// Where this node connects from: 10.0.0.1 for the first that asks.
    InetAddress address(NodeId node) {
        return addresses.computeIfAbsent(node, _ -> InetAddress.ofLiteral("10.0.0." + (addresses.size() + 1)));
    }

    /// Connects this host, or node, to what others expose.
    DeviceOpener opener(SeededAmbient process, String hostNqn, InetAddress from) {
        return uri -> connect(uri, process, hostNqn, from);
    }

    private BlockDevice connect(String uri, SeededAmbient process, String hostNqn, InetAddress from)
            throws IOException {
        URI parsed = URI.create(uri);
        if (!"nvmf+tcp".equals(parsed.getScheme())) throw new IOException(uri + " is not reached over the fabric");
        var node = new NodeId(parsed.getHost());
        String nqn = parsed.getPath().substring(1);
        Remote remote = network.link(Remote.class, process, () -> Optional.ofNullable(ports.get(node))
                .map(port -> new SimulatedNetwork.Served<>(port.process, port.remote(nqn, hostNqn, from))));
        try {
            Geometry geometry = remote.connect();
            return new Connected(remote, geometry);
        } catch (RefusalException unreachable) {
            throw new ConnectException(unreachable.getMessage());
        }
    }

    /// @param connection by which the target knows the host again
    record Geometry(int blockSize, long blocks, long connection) {}

    /// A device over the network: bytes are copied at both ends, so that a late answer changes nobody's buffer.
    interface Remote {
        Geometry connect() throws IOException;

        byte[] read(long connection, long offset, int length) throws IOException;

        boolean write(long connection, long offset, byte[] bytes) throws IOException;

        boolean flush(long connection) throws IOException;

        boolean unmap(long connection, long offset, long length) throws IOException;

        boolean writeZeroes(long connection, long offset, long length) throws IOException;
    }

    private static final class Port implements Exports {
        private final NodeId node;
        private final SeededAmbient process;
        private final Map<String, Exposure> exposed = new TreeMap<>();
        /// A host's stay at a device begins when it connects, and ends when it is cut off.
        private final Map<Long, BlockDevice> connections = new TreeMap<>();

        Port(NodeId node, SeededAmbient process) {
            this.node = node;
            this.process = process;
        }

        @Override
        public void expose(Exposure exposure) {
            exposed.put(exposure.nqn(), exposure);
        }

        @Override
        public void allow(String nqn, List<AllowedHost> hosts) {
            Exposure now = exposed.get(nqn);
            if (now == null) return;
            exposed.put(
                    nqn,
                    new Exposure(
                            nqn, now.device(), now.identity(), hosts, now.firstController(), now.lastController()));
        }

        @Override
        public void withdraw(String nqn) {
            exposed.remove(nqn);
        }

        @Override
        public String uri(String nqn) {
            return "nvmf+tcp://" + node + ":8420/" + nqn;
        }

        Remote remote(String nqn, String hostNqn, InetAddress from) {
            return new Remote() {
                private Exposure exposure() throws IOException {
                    Exposure exposure = exposed.get(nqn);
                    if (exposure == null) throw new ConnectException(node + " exposes no " + nqn);
                    if (!allows(exposure)) {
                        throw new ConnectException(hostNqn + " may not connect to " + nqn + " from " + from);
                    }
                    return exposure;
                }

                private boolean allows(Exposure exposure) {
                    return AllowedHost.among(exposure.allowedHosts(), hostNqn, from);
                }

                private boolean stands(BlockDevice device) {
                    Exposure now = exposed.get(nqn);
                    return now != null && now.device() == device && allows(now);
                }

                private BlockDevice device(long connection) throws IOException {
                    exposure();
                    BlockDevice device = connections.get(connection);
                    if (device == null) throw new ConnectException(node + " knows no connection " + connection);
                    return device;
                }

                @Override
                public Geometry connect() throws IOException {
                    BlockDevice device = exposure().device();
                    long connection = connections.size() + 1L;
                    connections.put(connection, device.under(() -> stands(device)));
                    return new Geometry(device.blockSize(), device.blocks(), connection);
                }

                @Override
                public byte[] read(long connection, long offset, int length) throws IOException {
                    ByteBuffer bytes = ByteBuffer.allocate(length);
                    device(connection).read(offset, bytes);
                    return bytes.array();
                }

                @Override
                public boolean write(long connection, long offset, byte[] bytes) throws IOException {
                    device(connection).write(offset, ByteBuffer.wrap(bytes));
                    return true;
                }

                @Override
                public boolean flush(long connection) throws IOException {
                    device(connection).flush();
                    return true;
                }

                @Override
                public boolean unmap(long connection, long offset, long length) throws IOException {
                    device(connection).unmap(offset, length);
                    return true;
                }

                @Override
                public boolean writeZeroes(long connection, long offset, long length) throws IOException {
                    device(connection).writeZeroes(offset, length);
                    return true;
                }
            };
        }
    }

    private static final class Connected implements BlockDevice {
        private final Remote remote;
        private final Geometry geometry;
        private boolean closed;

        Connected(Remote remote, Geometry geometry) {
            this.remote = remote;
            this.geometry = geometry;
        }

        private interface Command<T extends @Nullable Object> {
            T run() throws IOException;
        }

        /// What the network refuses is an I/O error to whoever reads and writes.
        private <T> T send(Command<T> command) throws IOException {
            if (closed) throw new IOException("disconnected");
            try {
                return command.run();
            } catch (RefusalException unreachable) {
                closed = true;
                throw new IOException(unreachable.getMessage());
            } catch (ConnectException cutOff) {
                closed = true;
                throw cutOff;
            }
        }

        @Override
        public int blockSize() {
            return geometry.blockSize();
        }

        @Override
        public long blocks() {
            return geometry.blocks();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            int length = into.remaining();
            into.put(send(() -> remote.read(geometry.connection, offset, length)));
        }

        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            send(() -> remote.write(geometry.connection, offset, bytes));
        }

        @Override
        public void flush() throws IOException {
            send(() -> remote.flush(geometry.connection));
        }

        @Override
        public void unmap(long offset, long length) throws IOException {
            send(() -> remote.unmap(geometry.connection, offset, length));
        }

        @Override
        public void writeZeroes(long offset, long length) throws IOException {
            send(() -> remote.writeZeroes(geometry.connection, offset, length));
        }

        @Override
        public boolean lost() {
            return closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
