package io.orlop.benchmarks.control;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.MutableHandlerRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.orlop.dataplane.agent.Heartbeat;
import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.model.NodeId;
import io.orlop.model.ambient.Ambient;
import io.orlop.simulation.LightAgent;
import io.orlop.wire.ioengine.AgentService;
import io.orlop.wire.service.Registration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// A simulated agent on a port of its own, as the control plane meets it: gRPC, and a heartbeat. A thousand of them
/// share their threads.
record SimulatedNode(LightAgent agent, Server server, Heartbeat heartbeat) {
    /// @param loop the threads of the network
    static SimulatedNode serve(
            NodeId id, NexusInfoStore infos, Registration registration, EventLoopGroup loop, Executor executor)
            throws IOException {
        // The agent tells its endpoint, which is known once the server listens.
        var services = new MutableHandlerRegistry();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .channelType(NioServerSocketChannel.class)
                .executor(executor)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .fallbackHandlerRegistry(services)
                .build()
                .start();
        var agent = new LightAgent(
                id, "127.0.0.1:" + server.getPort(), UUID.randomUUID().toString(), Ambient.system(), infos);
        AgentService.of(agent).forEach(services::addService);
        var heartbeat = new Heartbeat(agent::info, registration, Ambient.system());
        agent.onNews(heartbeat::news);
        return new SimulatedNode(agent, server, heartbeat);
    }

    /// Nobody hears of it any more.
    void die() {
        heartbeat.stop();
        server.shutdownNow();
    }
}
