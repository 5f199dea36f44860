package io.orlop.store.etcd;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.orlop.store.door.Door;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.door.Methods;
import io.orlop.store.engine.MvccStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A store's door for etcd's clients. The store stays its owner's to close.
public final class EtcdServer implements AutoCloseable {
    /// The etcd whose behaviour clients may expect.
    public static final String VERSION = "3.6.5";

    private final EtcdOptions options;
    private final ExecutorService longReads = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService longCalls = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable Door door;
    private @Nullable Server inProcess;

    private EtcdServer(EtcdOptions options) {
        this.options = options;
    }

    public static EtcdServer start(MvccStore store, EtcdOptions options) throws IOException {
        EtcdServer server = new EtcdServer(options);
        try {
            server.start(server.services(store));
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /// Whoever serves more of etcd's API adds it here.
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

    // No handler blocks: changes are answered by the writer's thread, long reads have threads of their own.
    private void start(List<BindableService> services) throws IOException {
        List<Door.Listen> listen = options.listen().stream()
                .map(address -> new Door.Listen(address, false))
                .toList();
        Methods methods = Methods.of(services);
        if (!listen.isEmpty()) {
            door = Door.open(
                    listen,
                    methods,
                    exchange -> exchange.answer(404, "text/plain", new byte[0]),
                    DoorOptions.defaults(options.messageBytesMax()));
        }
        String name = options.inProcessName();
        if (name == null) return;
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name).directExecutor();
        services.forEach(builder::addService);
        inProcess = builder.build().start();
    }

    /// The port it listens on; the first, if there are several.
    public int port() {
        return ports().getFirst();
    }

    private List<Integer> ports() {
        return door == null ? List.of() : door.ports();
    }

    private List<String> clientUrls() {
        if (!options.advertisedUrls().isEmpty()) return options.advertisedUrls();
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < options.listen().size(); i++) {
            urls.add("http://" + options.listen().get(i).getHostString() + ":" + ports().get(i));
        }
        return urls;
    }

    @Override
    public void close() {
        if (door != null) door.close();
        Server server = inProcess;
        if (server != null) {
            server.shutdownNow();
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
