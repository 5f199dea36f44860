package io.orlop.store.etcd;

import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.orlop.store.door.Door;
import io.orlop.store.door.Exchange;
import io.orlop.store.door.Methods;
import io.orlop.store.door.Peer;
import io.orlop.store.door.Served;
import io.orlop.store.door.Tls;
import io.orlop.store.engine.Budget;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.measure.Tally;
import io.orlop.store.token.Passwords;
import io.orlop.store.token.Tokens;
import io.orlop.store.web.ClientRequests;
import io.orlop.store.web.Metrics;
import io.orlop.store.web.Pages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A store's door for etcd's clients. The store stays its owner's to close.
public final class EtcdServer implements AutoCloseable {
    /// The etcd whose behaviour clients may expect.
    public static final String VERSION = "3.6.5";

    /// Of what all doors have: who floods the clients' door does not shut the one where others ask how we are.
    private static final double SHARE_OF_PAGES = 1.0 / 8;

    private final MvccStore store;
    private final EtcdOptions options;
    private final ExecutorService longReads = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService longCalls = Executors.newVirtualThreadPerTaskExecutor();
    private final Hashing hashing = new Hashing();
    private final ClientRequests requests = new ClientRequests();
    private @Nullable Door door;
    private @Nullable Door httpDoor;
    private @Nullable Door pagesDoor;
    private @Nullable Server inProcess;

    private EtcdServer(MvccStore store, EtcdOptions options) {
        this.store = store;
        this.options = options;
    }

    public static EtcdServer start(MvccStore store, EtcdOptions options) throws IOException {
        EtcdServer server = new EtcdServer(store, options);
        try {
            server.start(server.services());
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /// Whoever serves more of etcd's API adds it here.
    List<BindableService> services() {
        Identity identity = identity();
        Tokens tokens = options.auth().tokens();
        Callers callers = new Callers(store, tokens);
        Passwords passwords = new Passwords(options.auth().passwordCost());
        Reception reception = new Reception(callers, requests, namesCount());
        List<BindableService> services = List.of(
                new KvService(
                        store,
                        identity,
                        callers,
                        options.requestBytesMax(),
                        longReads,
                        new Budget(options.answerBytesMax())),
                new WatchService(store, identity, callers, options.messageBytesMax()),
                new LeaseService(store, identity, callers),
                new AuthService(store, identity, callers, tokens, passwords, hashing),
                new ClusterService(identity, options.memberName(), options.peerUrlsNow(), this::clientUrls),
                new MaintenanceService(store, identity, callers, longReads),
                new LockService(store, identity, callers, longCalls),
                new ElectionService(store, identity, callers, longCalls),
                new HealthStatusManager().getHealthService());
        return services.stream()
                .<BindableService>map(service -> () -> ServerInterceptors.intercept(service, reception))
                .toList();
    }

    // No handler blocks: changes are answered by the writer's thread, long reads have threads of their own.
    private void start(List<BindableService> services) throws IOException {
        Methods methods = Methods.of(services, options.timesCalls());
        Pages pages = pages(methods);
        if (!options.listen().isEmpty()) {
            // As in etcd, HTTP that has a place of its own is not served here.
            Consumer<Exchange> beside = options.listenForHttp().isEmpty() ? pages : Pages::none;
            Served served = new Served(methods, beside, options.messageBytesMax());
            door = Door.open(options.listen(), served, options.door().share(clientsShare()));
        }
        httpDoor = withoutGrpc(options.listenForHttp(), pages, clientsShare());
        pagesDoor = withoutGrpc(options.listenForPages(), pages.withoutGateway(), SHARE_OF_PAGES);
        String name = options.inProcessName();
        if (name == null) return;
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name).directExecutor();
        services.forEach(builder::addService);
        inProcess = builder.build().start();
    }

    /// What pages alone do not have, gRPC and JSON share evenly where each has a place of its own.
    private double clientsShare() {
        double rest = options.listenForPages().isEmpty() ? 1 : 1 - SHARE_OF_PAGES;
        return options.listen().isEmpty() || options.listenForHttp().isEmpty() ? rest : rest / 2;
    }

    private @Nullable Door withoutGrpc(List<Door.Listen> listen, Pages pages, double share) throws IOException {
        if (listen.isEmpty()) return null;
        Served served = new Served(Methods.of(List.of()), pages, options.messageBytesMax());
        return Door.open(listen, served, options.door().share(share));
    }

    private Pages pages(Methods methods) {
        Identity identity = identity();
        Metrics metrics = new Metrics(store, methods, requests, VERSION, identity.member());
        long callsMax = options.door().streamsMax();
        Pages.Checks checks = new Pages.Checks(this::alarms, this::failures, this::asked);
        Pages pages = new Pages(methods, this::isShutOut, callsMax, metrics, VERSION, checks);
        return options.gateway() ? pages : pages.withoutGateway();
    }

    /// Whether the name in a client's certificate is the name of a user.
    private boolean namesCount() {
        Tls tls = options.door().tls();
        return tls != null && tls.clientMustProve();
    }

    /// The gateway would not know by which of them it was called, so etcd lets nobody with such a name in.
    private boolean isShutOut(Attributes connection) {
        return namesCount() && store.auth().enabled() && connection.get(Peer.COMMON_NAME) != null;
    }

    private Identity identity() {
        return Identity.ofOne(options.peerUrls(), options.clusterToken());
    }

    private List<String> alarms() {
        return store.maintenance().alarms().stream()
                .map(alarm -> Encoding.alarm(alarm.kind()).name())
                .toList();
    }

    private List<String> failures() {
        Throwable failure = store.failure();
        return failure == null ? List.of() : List.of("read-only since the disk failed: " + failure);
    }

    private void asked(boolean healthy) {
        store.tally().add(healthy ? Tally.Count.HEALTHY : Tally.Count.UNHEALTHY, 1);
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
            Door.Listen listen = options.listen().get(i);
            urls.add((listen.secure() ? "https://" : "http://")
                    + listen.address().getHostString() + ":" + ports().get(i));
        }
        return urls;
    }

    @Override
    public void close() {
        if (door != null) door.close();
        if (httpDoor != null) httpDoor.close();
        if (pagesDoor != null) pagesDoor.close();
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
        hashing.close();
        // Their calls are cancelled by now, which wakes them.
        longCalls.close();
    }
}
