package io.orlop.wire.ioengine;

import com.google.common.net.HostAndPort;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.Term;
import io.orlop.wire.rpc.EagerChannel;
import io.orlop.wire.rpc.KeepAlive;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// The agents of all nodes, one channel each, kept while the node's endpoint stays the same.
public final class GrpcAgents implements Agents, AutoCloseable {
    /// An agent lists all it has in one message, and whoever cannot take it in never hears of the node again. Some
    /// 100,000 replicas, or 1,000 with as many and as long hosts as may be.
    private static final int LARGEST_LIST = 64 << 20;

    private final Function<NodeId, Optional<String>> endpoints;
    private final Function<String, ManagedChannel> dial;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<NodeId, Line> lines = new TreeMap<>();
    private boolean closed;

    /// Over TCP.
    ///
    /// @param endpoints where a node serves its API, `host:port`; empty or blank while it is not known
    public GrpcAgents(Function<NodeId, Optional<String>> endpoints) {
        this(endpoints, GrpcAgents::line);
    }

    private static ManagedChannel line(String endpoint) {
        var line = Grpc.newChannelBuilder(endpoint, InsecureChannelCredentials.create())
                .maxInboundMessageSize(LARGEST_LIST);
        KeepAlive.of(line);
        return line.build();
    }

    /// @param endpoints where a node serves its API, `host:port`; empty or blank while it is not known
    /// @param dial makes the channel to an endpoint, without connecting
    public GrpcAgents(Function<NodeId, Optional<String>> endpoints, Function<String, ManagedChannel> dial) {
        this.endpoints = endpoints;
        this.dial = dial;
    }

    private record Line(String endpoint, ManagedChannel channel, Channel eager) {
        Line(String endpoint, ManagedChannel channel) {
            this(endpoint, channel, new EagerChannel(channel));
        }
    }

    @Override
    public Agent at(NodeId node, Optional<Term> term) {
        return new GrpcAgent(node, term, new Channel() {
            @Override
            public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
                return channel(node).newCall(method, options);
            }

            @Override
            public String authority() {
                return node.name();
            }
        });
    }

    private Channel channel(NodeId node) {
        String endpoint = endpoints
                .apply(node)
                .filter(said -> !said.isBlank())
                .orElseThrow(() -> new Refusal.Unavailable(
                                "node %s has not said where it can be reached".formatted(node),
                                "start its agent, and see that it registers")
                        .exception());
        lock.lock();
        try {
            if (closed) {
                throw new Refusal.Unavailable("the connections to nodes are closed", "start again").exception();
            }
            Line line = lines.get(node);
            if (line == null || !line.endpoint().equals(endpoint)) {
                ManagedChannel channel = dialled(node, endpoint);
                if (line != null) line.channel().shutdown();
                line = new Line(endpoint, channel);
                lines.put(node, line);
            }
            return line.eager();
        } finally {
            lock.unlock();
        }
    }

    private ManagedChannel dialled(NodeId node, String endpoint) {
        try {
            HostAndPort.fromString(endpoint);
            return dial.apply(endpoint);
        } catch (IllegalArgumentException malformed) {
            throw new Refusal.Unavailable(
                            "node %s says that it is reached at '%s', which is no address: %s"
                                    .formatted(node, endpoint, malformed.getMessage()),
                            "start its agent with an address of the form host:port")
                    .exception();
        }
    }

    /// Calls under way are cut off.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            lines.values().forEach(line -> line.channel().shutdownNow());
            lines.clear();
        } finally {
            lock.unlock();
        }
    }
}
