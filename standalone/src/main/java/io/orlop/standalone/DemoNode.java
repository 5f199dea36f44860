package io.orlop.standalone;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.MutableHandlerRegistry;
import io.orlop.dataplane.agent.Heartbeat;
import io.orlop.dataplane.agent.NodeSettings;
import io.orlop.dataplane.agent.RunningNode;
import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.ioengine.AgentService;
import io.orlop.wire.ioengine.GrpcRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One storage node of the demo: what `./orlop agent` runs as a process of its own, on ports of its own.
final class DemoNode {
    private final NodeId id;
    private final String advertise;
    private final String registration;
    private final NexusInfoStore infoStore;
    private final Path pools;
    private final Ambient ambient;
    private final ReentrantLock lock = new ReentrantLock();
    private int nvmePort;
    private @Nullable Life life;

    /// @param nvmePort 0 for any; a node that is started again keeps its port
    DemoNode(
            NodeId id,
            int nvmePort,
            String advertise,
            String registration,
            NexusInfoStore infoStore,
            Path pools,
            Ambient ambient) {
        this.id = id;
        this.nvmePort = nvmePort;
        this.advertise = advertise;
        this.registration = registration;
        this.infoStore = infoStore;
        this.pools = pools;
        this.ambient = ambient;
    }

    /// From one start to the next stop.
    private record Life(
            RunningNode node, Server server, Heartbeat heartbeat, ManagedChannel channel, ExecutorService executor) {
        /// From outside this is a power cut: hosts and the control plane are cut off in the middle, the registry hears
        /// nothing, and nobody writes anything down.
        void kill() throws IOException {
            heartbeat.stop();
            server.shutdownNow();
            node.kill();
            end();
        }

        void leave() throws IOException {
            heartbeat.leave();
            server.shutdown();
            try {
                node.close();
            } finally {
                server.shutdownNow();
                end();
            }
        }

        private void end() {
            channel.shutdownNow();
            executor.shutdownNow();
        }
    }

    NodeId id() {
        return id;
    }

    int nvmePort() {
        return nvmePort;
    }

    boolean running() {
        return life != null;
    }

    /// Where the control plane reaches it; empty while it is stopped.
    String grpcEndpoint() {
        Life now = life;
        return now == null ? "" : "127.0.0.1:" + now.server().getPort();
    }

    void start() {
        lock.lock();
        try {
            if (life != null) {
                throw new Refusal.FailedPrecondition("node %s is running".formatted(id), "stop it first").exception();
            }
            life = live();
            nvmePort = life.node().nvmePort();
        } catch (IOException refused) {
            throw new UncheckedIOException("node %s does not start".formatted(id), refused);
        } finally {
            lock.unlock();
        }
    }

    private Life live() throws IOException {
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        // The agent tells its endpoint, which is known once the server listens: its services are added afterwards.
        var services = new MutableHandlerRegistry();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .executor(executor)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .fallbackHandlerRegistry(services)
                .build()
                .start();
        try {
            var settings = new NodeSettings(id, "127.0.0.1:" + server.getPort(), advertise, nvmePort, pools);
            RunningNode node = RunningNode.start(settings, infoStore, ambient);
            AgentService.of(node.agent()).forEach(services::addService);
            ManagedChannel channel =
                    ManagedChannelBuilder.forTarget(registration).usePlaintext().build();
            var heartbeat = node.heartbeat(new GrpcRegistration(channel));
            heartbeat.start();
            return new Life(node, server, heartbeat, channel, executor);
        } catch (IOException | RuntimeException failure) {
            server.shutdownNow();
            executor.shutdownNow();
            throw failure;
        }
    }

    void stop() {
        end(Life::kill);
    }

    /// Stops in good order, if it runs.
    void leave() {
        if (life != null) end(Life::leave);
    }

    private interface End {
        void of(Life life) throws IOException;
    }

    private void end(End end) {
        lock.lock();
        try {
            Life now = life;
            if (now == null) {
                throw new Refusal.FailedPrecondition("node %s is stopped".formatted(id), "start it first").exception();
            }
            life = null;
            end.of(now);
        } catch (IOException failure) {
            throw new UncheckedIOException("node %s did not stop in good order".formatted(id), failure);
        } finally {
            lock.unlock();
        }
    }
}
