package io.orlop.store.etcd;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.orlop.store.engine.MvccStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A store's door for etcd's clients. The store stays its owner's to close.
public final class EtcdServer implements AutoCloseable {
    /// The etcd whose behaviour clients may expect.
    public static final String VERSION = "3.6.5";

    private static final int FLOW_CONTROL_BYTES = 1 << 20;

    private final EtcdOptions options;
    private final List<Server> servers = new ArrayList<>();
    private final ExecutorService longReads = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService longCalls = Executors.newVirtualThreadPerTaskExecutor();

    private EtcdServer(EtcdOptions options) {
        this.options = options;
    }

    public static EtcdServer start(MvccStore store, EtcdOptions options) throws IOException {
        EtcdServer server = new EtcdServer(options);
        try {
            List<BindableService> services = server.services(store);
            for (InetSocketAddress address : options.listen()) server.start(network(address, options), services);
            String name = options.inProcessName();
            if (name != null) server.start(InProcessServerBuilder.forName(name), services);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private List<BindableService> services(MvccStore store) {
        Identity identity = Identity.ofOne(options.peerUrls(), options.clusterToken());
        return List.of(
                new KvService(store, identity, options.requestBytesMax(), longReads),
                new WatchService(store, identity, options.messageBytesMax()),
                new LeaseService(store, identity),
                new ClusterService(identity, options.memberName(), this::clientUrls),
                new MaintenanceService(store, identity, longReads),
                new LockService(store, identity, longCalls),
                new ElectionService(store, identity, longCalls),
                new HealthStatusManager().getHealthService());
    }

    private static ServerBuilder<?> network(InetSocketAddress address, EtcdOptions options) {
        return NettyServerBuilder.forAddress(address)
                .maxInboundMessageSize(options.messageBytesMax())
                .initialFlowControlWindow(FLOW_CONTROL_BYTES)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(false);
    }

    private void start(ServerBuilder<?> builder, List<BindableService> services) throws IOException {
        services.forEach(builder::addService);
        // No handler blocks: changes are answered by the writer's thread, long reads have threads of their own.
        servers.add(builder.directExecutor().build().start());
    }

    /// The port it listens on; the first, if there are several.
    public int port() {
        return servers.getFirst().getPort();
    }

    private List<String> clientUrls() {
        if (!options.advertisedUrls().isEmpty()) return options.advertisedUrls();
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < options.listen().size(); i++) {
            urls.add("http://" + options.listen().get(i).getHostString() + ":"
                    + servers.get(i).getPort());
        }
        return urls;
    }

    @Override
    public void close() {
        for (Server server : servers) server.shutdownNow();
        for (Server server : servers) {
            try {
                server.awaitTermination(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        longReads.shutdownNow();
        // Their calls are cancelled by now, which wakes them.
        longCalls.close();
    }
}
