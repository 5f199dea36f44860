package io.orlop.standalone;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.etcd.EtcdKeyspace;
import io.orlop.control.keyspace.etcd.EtcdSettings;
import io.orlop.control.keyspace.etcd.StorePolicies;
import io.orlop.control.spring.ReconcileEndpoint;
import io.orlop.csi.CsiServer;
import io.orlop.dataplane.agent.EtcdNexusInfoStore;
import io.orlop.gateway.ApiGatewayApplication;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.Retention;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import io.orlop.wire.store.StoreAccess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.springframework.boot.Banner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/// A whole Orlop in one process: store, services, storage nodes with a pool or more each, gateway, CSI controller.
///
/// ```
///   gateway, a Spring context ── CSI controller
///        ControlPlane                    four services over in-process gRPC
///   node-1  node-2  node-3               gRPC and NVMe/TCP, each on ports of its own
///        store                           etcd v3 on its port, or a real etcd elsewhere
/// ```
final class Demo implements Orlop.Running {
    /// A machine may be very busy, and whoever started this can see what it waits for, and stop it.
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /// For a store that takes connections and says nothing.
    private static final Duration STORE_WAIT = Duration.ofMinutes(1);

    /// What is deleted gives its room back by segments: 64 MiB would be most of what a demo has.
    private static final long SEGMENT_BYTES = 8L << 20;

    /// The heap is the services' and the gateway's, too.
    private static final long STORE_MEMORY_BYTES = 64L << 20;

    private static final String EVERYWHERE = ", and on every address of this machine";

    private final DemoOptions options;
    private final Ambient ambient = Ambient.system();
    private final Parts parts = new Parts();
    private final DemoNodes nodes;
    private final ControlPlane control;
    private final ConfigurableApplicationContext gateway;
    private final int storePort;

    private Demo(DemoOptions options) throws Exception {
        this.options = options;
        try {
            DemoDirectory directory = parts.keep(DemoDirectory.claim(options.directory()));
            StartChecks.check(options);
            StoreAccess store = options.store();
            if (store == null) {
                MvccStore engine = parts.keep(MvccStore.open(
                        directory.store(),
                        StoreOptions.defaults()
                                .memoryBytes(STORE_MEMORY_BYTES)
                                .segmentBytes(SEGMENT_BYTES)
                                .retention(new Retention.Revisions(options.history()))));
                endLeaderships(engine);
                EtcdServer door = parts.keep(EtcdServer.start(
                        engine, EtcdOptions.listening(new InetSocketAddress(options.listen(), options.storePort()))));
                storePort = door.port();
                store = StoreAccess.open("http://%s:%d".formatted(options.reach(), storePort));
            } else {
                storePort = 0;
            }
            var breakers = CircuitBreakerRegistry.ofDefaults();
            var retries = RetryRegistry.ofDefaults();
            var bulkheads = BulkheadRegistry.ofDefaults();
            Keyspace keyspace =
                    parts.keep(EtcdKeyspace.connect(ambient, EtcdSettings.at(store), StorePolicies.ofDefaults()));
            if (!options.embedsStore()) awaitStore(keyspace);
            var loops = new DemoLoops();
            control = parts.keep(new ControlPlane(
                    ControlPlane.Setting.on(keyspace), new CallPolicy.Registries(breakers, retries, bulkheads), loops));
            parts.keep(csi());
            EtcdNexusInfoStore infos = parts.keep(EtcdNexusInfoStore.to(store, ambient));
            nodes = parts.keep(nodes(infos, directory));
            nodes.all().forEach(DemoNode::start);
            // Spring takes its time, and so do the nodes until they are known.
            try (var beside = Executors.newThreadPerTaskExecutor(
                    Thread.ofPlatform().name("gateway").factory())) {
                var rest = beside.submit(() -> parts.keep(gateway(breakers, retries, bulkheads)));
                makePools(directory);
                gateway = rest.get();
                gateway.getBeanProvider(MeterRegistry.class).ifAvailable(loops::count);
            }
        } catch (Exception | Error failure) {
            close();
            throw failure;
        }
    }

    /// Returns when everything is up and every pool is there.
    ///
    /// @throws StartRefused with the line to show to the user
    static Demo start(DemoOptions options) throws Exception {
        return new Demo(options);
    }

    /// Whoever led died with the process that held this folder: their leases would keep us waiting for nobody. To be
    /// done before anybody else can reach the store.
    private static void endLeaderships(MvccStore engine) {
        engine.delete(Operation.Delete.of(KeyRange.prefix(Octets.of(Layout.DEFAULT.table("leaders")))));
    }

    private void awaitStore(Keyspace keyspace) throws InterruptedException {
        try {
            patience(STORE_WAIT).until("the store to answer", () -> Optional.of(keyspace.get("/")));
        } catch (RefusalException refused) {
            throw new StartRefused(
                    "the store does not answer (%s): start it, or correct --store".formatted(refused.getMessage()));
        }
    }

    private Patience patience(Duration limit) {
        return new Patience(ambient, Demo::say, limit);
    }

    private static void say(String line) {
        System.out.println("orlop: " + line);
    }

    private DemoNodes nodes(EtcdNexusInfoStore infos, DemoDirectory directory) {
        var all = new ArrayList<DemoNode>();
        for (int n = 1; n <= options.nodes(); n++) {
            all.add(new DemoNode(
                    new NodeId("node-" + n),
                    options.nvmePort() == 0 ? 0 : options.nvmePort() + n - 1,
                    options.advertise(),
                    control.registrationEndpoint(),
                    infos,
                    directory.pools(),
                    ambient));
        }
        return new DemoNodes(all);
    }

    private void makePools(DemoDirectory directory) throws InterruptedException {
        Patience patience = patience(LONGEST_WAIT);
        var pools = new DemoPools(
                control.pools(), patience, pool -> directory.poolFile(pool, options.poolSize()), Demo::say);
        for (DemoNode node : nodes.all()) {
            Node known = patience.until("%s to register".formatted(node.id()), () -> online(node.id()));
            if (known.spec() != null && known.spec().cordoned()) continue;
            for (int p = 1; p <= options.poolsPerNode(); p++) {
                pools.make(node.id(), new PoolId(node.id() + "-pool-" + p));
            }
        }
        pools.awaitServed(nodes.all().stream().map(DemoNode::id).toList());
    }

    private Optional<Node> online(NodeId id) {
        try {
            return Optional.of(control.registry().node(id))
                    .filter(node -> node.state() != null && node.state().online());
        } catch (RefusalException refused) {
            if (refused.refusal() instanceof Refusal.NotFound) return Optional.empty();
            throw refused;
        }
    }

    private CsiServer csi() throws IOException {
        try {
            return CsiServer.start(options.csiSocket(), control.volumes(), control.pools(), control.registry());
        } catch (IllegalStateException taken) {
            throw new StartRefused(taken.getMessage() + " (--csi-socket)");
        }
    }

    private ConfigurableApplicationContext gateway(
            CircuitBreakerRegistry breakers, RetryRegistry retries, BulkheadRegistry bulkheads) {
        ApplicationContextInitializer<GenericApplicationContext> parts = context -> {
            context.registerBean("registry", Registry.class, control::registry);
            context.registerBean("pools", Pools.class, control::pools);
            context.registerBean("volumes", Volumes.class, control::volumes);
            context.registerBean("nexuses", Nexuses.class, control::nexuses);
            context.registerBean(CircuitBreakerRegistry.class, () -> breakers);
            context.registerBean(RetryRegistry.class, () -> retries);
            context.registerBean(BulkheadRegistry.class, () -> bulkheads);
            context.registerBean(ReconcileEndpoint.class, () -> new ReconcileEndpoint(control.owners()));
            context.registerBean(DemoController.class, () -> new DemoController(nodes));
        };
        return ApiGatewayApplication.builder()
                .registerShutdownHook(false)
                .logStartupInfo(false)
                .bannerMode(Banner.Mode.OFF)
                .initializers(parts)
                .run(
                        "--server.port=" + options.restPort(),
                        "--server.address=" + options.listen(),
                        // Here there is no cloud, whatever the machine looks like.
                        "--spring.main.cloud-platform=none",
                        // One log for all parts: the gateway's name says nothing.
                        "--logging.include-application-name=false",
                        // What Spring does is of no interest here while it succeeds.
                        "--logging.level.root=warn",
                        "--logging.level.io.orlop=info");
    }

    @Override
    public int restPort() {
        var server = ((WebServerApplicationContext) gateway).getWebServer();
        return server == null ? 0 : server.getPort();
    }

    DemoNodes nodes() {
        return nodes;
    }

    private String store() {
        StoreAccess real = options.store();
        if (real != null) return String.join(",", real.endpoints());
        return "%s:%d (etcd v3)%s".formatted(options.reach(), storePort, options.listensEverywhere() ? EVERYWHERE : "");
    }

    /// Where everything listens, a line each.
    String places() {
        var lines = new StringBuilder();
        lines.append("  REST      http://%s:%d/v0 (explained at /v0/swagger-ui)%s%n"
                .formatted(options.reach(), restPort(), options.listensEverywhere() ? EVERYWHERE : ""));
        lines.append("  store     %s%n".formatted(store()));
        for (DemoNode node : nodes.all()) {
            lines.append("  %s    NVMe/TCP %s:%d, gRPC %s%n"
                    .formatted(node.id(), options.advertise(), node.nvmePort(), node.grpcEndpoint()));
        }
        lines.append("  CSI       unix://%s%n".formatted(options.csiSocket().toAbsolutePath()));
        lines.append("  state in  %s".formatted(options.directory().toAbsolutePath()));
        return lines.toString();
    }

    @Override
    public void close() {
        parts.close();
    }
}
