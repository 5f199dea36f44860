package io.orlop.standalone;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.etcd.EtcdKeyspace;
import io.orlop.control.keyspace.etcd.EtcdSettings;
import io.orlop.control.keyspace.etcd.StorePolicies;
import io.orlop.csi.CsiServer;
import io.orlop.dataplane.agent.EtcdNexusInfoStore;
import io.orlop.gateway.ApiGatewayApplication;
import io.orlop.model.NodeId;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
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
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
            List<String> store = options.store();
            if (options.embedsStore()) {
                MvccStore engine = parts.keep(MvccStore.open(
                        directory.store(), StoreOptions.defaults().cacheBytes(32 << 20)));
                EtcdServer door = parts.keep(EtcdServer.start(
                        engine, EtcdOptions.listening(new InetSocketAddress("0.0.0.0", options.storePort()))));
                storePort = door.port();
                store = List.of("http://127.0.0.1:" + storePort);
            } else {
                storePort = 0;
            }
            var breakers = CircuitBreakerRegistry.ofDefaults();
            var retries = RetryRegistry.ofDefaults();
            var bulkheads = BulkheadRegistry.ofDefaults();
            Keyspace keyspace = parts.keep(EtcdKeyspace.connect(
                    ambient, EtcdSettings.at(store.toArray(String[]::new)), StorePolicies.ofDefaults()));
            if (!options.embedsStore()) checkStore(keyspace);
            control = parts.keep(new ControlPlane(keyspace, new CallPolicy.Registries(breakers, retries, bulkheads)));
            parts.keep(csi());
            EtcdNexusInfoStore infos = parts.keep(EtcdNexusInfoStore.at(String.join(",", store)));
            nodes = parts.keep(startNodes(infos, directory));
            // Spring takes its time, and so do the nodes until they are known.
            try (var beside = Executors.newThreadPerTaskExecutor(
                    Thread.ofPlatform().name("gateway").factory())) {
                var rest = beside.submit(() -> parts.keep(gateway(breakers, retries, bulkheads)));
                makePools(directory);
                gateway = rest.get();
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

    private static void checkStore(Keyspace keyspace) {
        try {
            keyspace.get("/");
        } catch (RuntimeException unreachable) {
            throw new StartRefused(
                    "the store does not answer (%s): start it, or correct --store".formatted(unreachable.getMessage()));
        }
    }

    private DemoNodes startNodes(EtcdNexusInfoStore infos, DemoDirectory directory) {
        var all = new ArrayList<DemoNode>();
        for (int n = 1; n <= options.nodes(); n++) {
            var node = new DemoNode(
                    new NodeId("node-" + n),
                    options.nvmePort() == 0 ? 0 : options.nvmePort() + n - 1,
                    options.advertise(),
                    control.registrationEndpoint(),
                    infos,
                    directory.pools(),
                    ambient);
            node.start();
            all.add(node);
        }
        return new DemoNodes(all);
    }

    private void makePools(DemoDirectory directory) throws InterruptedException {
        for (DemoNode node : nodes.all()) {
            await("node %s registers".formatted(node.id()), () -> online(node.id()));
            for (int p = 1; p <= options.poolsPerNode(); p++) {
                String name = node.id() + "-pool-" + p;
                Path file = directory.poolFile(name, options.poolSize());
                try {
                    control.pools()
                            .createPool(new CreatePoolSpec(
                                    new PoolId(name), node.id(), List.of("aio://" + file), Map.of()));
                } catch (RefusalException refused) {
                    if (!(refused.refusal() instanceof Refusal.AlreadyExists)) throw refused;
                }
            }
        }
        await("every pool is imported", () -> control.pools().pools().stream()
                .filter(pool -> ours(pool.spec()))
                .allMatch(pool -> pool.state() != null));
    }

    private boolean ours(@Nullable PoolSpec spec) {
        return spec != null && nodes.all().stream().anyMatch(node -> node.id().equals(spec.node()));
    }

    private boolean online(NodeId id) {
        try {
            var state = control.registry().node(id).state();
            return state != null && state.status() == NodeStatus.ONLINE;
        } catch (RefusalException notYet) {
            return false;
        }
    }

    private void await(String what, BooleanSupplier holds) throws InterruptedException {
        long until = ambient.nanos() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (ambient.nanos() > until) {
                throw new StartRefused("%s: this did not happen within %d s; look into the log above"
                        .formatted(what, PATIENCE.toSeconds()));
            }
            ambient.sleep(Duration.ofMillis(20));
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
            context.registerBean(DemoController.class, () -> new DemoController(nodes));
        };
        return ApiGatewayApplication.builder()
                .registerShutdownHook(false)
                .logStartupInfo(false)
                .bannerMode(Banner.Mode.OFF)
                .initializers(parts)
                .run(
                        "--server.port=" + options.restPort(),
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

    /// Where everything listens, a line each.
    String places() {
        var lines = new StringBuilder();
        lines.append("  REST      http://127.0.0.1:%d/v0 (explained at /v0/swagger-ui)%n".formatted(restPort()));
        lines.append("  store     %s%n"
                .formatted(
                        options.embedsStore()
                                ? "127.0.0.1:" + storePort + " (etcd v3)"
                                : String.join(",", options.store())));
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
