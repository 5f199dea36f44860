package io.orlop.benchmarks.control;

import io.orlop.benchmarks.process.Orders;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.etcd.EtcdKeyspace;
import io.orlop.control.keyspace.etcd.EtcdSettings;
import io.orlop.control.keyspace.etcd.StorePolicies;
import io.orlop.gateway.ApiGatewayApplication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.process.Life;
import io.orlop.standalone.ControlPlane;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.Retention;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.boot.Banner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/// What is measured: the store unless there is another, the four services and the gateway in one process, as in the
/// demo. The store is filled before the services see it.
///
/// | order | answer |
/// | --- | --- |
/// | `stop`, `start` | the services only; store and gateway go on |
/// | `fail over` | two copies of each service run; milliseconds from the death of the leading volume-service to the
/// first change |
/// | `await` | from now on it is noted when each of the victims' volumes is reconciled |
/// | `awaited` | how many of them were not, and after how many milliseconds the latest was |
/// | `runs` | how often any reconciler ran, and how many ids the patrols found amiss |
/// | `heap` | bytes in use after a collection |
final class ServicesProcess {
    /// As the services' own default.
    private static final Duration LEASE = Duration.ofSeconds(2);

    private final Keyspace keyspace;
    private final int registrationPort;
    private final Population population;
    private final Reconciled loops = new Reconciled();
    private final CallPolicy.Registries policies = CallPolicy.Registries.ofDefaults();
    private final Copies copies;

    private ServicesProcess(Keyspace keyspace, int registrationPort, Population population) throws IOException {
        this.keyspace = keyspace;
        this.registrationPort = registrationPort;
        this.population = population;
        this.copies = new Copies(controlPlane(_ -> keyspace, registrationPort));
    }

    /// @param args an empty folder for the store, the store's endpoints, `embedded` or `other`, the port where agents
    ///     register, and a [Population]
    public static void main(String[] args) {
        Life.errand("services", () -> serve(args));
    }

    private static int serve(String... args) throws Exception {
        var orders = new Orders();
        String endpoints = args[1];
        if (args[2].equals("embedded")) openStore(Path.of(args[0]), endpoints);
        Keyspace keyspace = EtcdKeyspace.connect(
                Ambient.system(), EtcdSettings.at(endpoints.split(",")), StorePolicies.ofDefaults());
        Population population = Population.parse(Arrays.asList(args).subList(4, args.length));
        StoreFill.fill(keyspace, population);
        var process = new ServicesProcess(keyspace, Integer.parseInt(args[3]), population);
        orders.answer("up");
        orders.answer("" + process.gateway());
        orders.serve(process::carryOut);
        // As abruptly as it comes: nothing of it is needed again.
        Runtime.getRuntime().halt(0);
        return 0;
    }

    private static void openStore(Path folder, String endpoint) throws IOException {
        int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        MvccStore engine = MvccStore.open(folder, StoreOptions.defaults().retention(new Retention.Revisions(10_000)));
        EtcdServer.start(engine, EtcdOptions.listening(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    private ControlPlane controlPlane(Function<String, Keyspace> keyspaces, int port) throws IOException {
        return new ControlPlane(new ControlPlane.Setting(keyspaces, port, LEASE), policies, loops);
    }

    /// Starts it.
    ///
    /// @return the port of REST
    private int gateway() {
        ApplicationContextInitializer<GenericApplicationContext> parts = context -> {
            context.registerBean(
                    "registry", Registry.class, () -> copies.service(Registry.class, ControlPlane::registry));
            context.registerBean("pools", Pools.class, () -> copies.service(Pools.class, ControlPlane::pools));
            context.registerBean("volumes", Volumes.class, () -> copies.service(Volumes.class, ControlPlane::volumes));
            context.registerBean("nexuses", Nexuses.class, () -> copies.service(Nexuses.class, ControlPlane::nexuses));
        };
        var context = ApiGatewayApplication.builder()
                .registerShutdownHook(false)
                .logStartupInfo(false)
                .bannerMode(Banner.Mode.OFF)
                .initializers(parts)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.main.cloud-platform=none",
                        "--logging.level.root=warn");
        var server = ((WebServerApplicationContext) context).getWebServer();
        if (server == null) throw new IllegalStateException("the gateway has no web server");
        return server.getPort();
    }

    private String carryOut(String order) throws Exception {
        return switch (order) {
            case "stop" -> {
                copies.now().close();
                yield "stopped";
            }
            case "start" -> {
                copies.now(controlPlane(_ -> keyspace, registrationPort));
                yield "started";
            }
            case "fail over" -> "" + failOver();
            case "await" -> {
                loops.await(victims());
                yield "awaiting";
            }
            case "awaited" -> loops.awaited();
            case "runs" -> loops.counts();
            case "heap" -> {
                System.gc();
                yield ""
                        + (Runtime.getRuntime().totalMemory()
                                - Runtime.getRuntime().freeMemory());
            }
            default -> throw new IllegalArgumentException(order);
        };
    }

    private Set<String> victims() {
        var ids = new TreeSet<String>();
        for (int v = 0; v < population.victims(); v++)
            ids.add(Population.volume(v).toString());
        return ids;
    }

    /// The first copy leads everything; the second is asked, and follows. Then the first one's volume-service dies: its
    /// door is shut and its way to the store is cut, its lease runs out by itself.
    private long failOver() throws Exception {
        copies.now().close();
        var doomed = new Severable(keyspace);
        Keyspace way = doomed.keyspace();
        ControlPlane first = controlPlane(service -> service.equals("volumes") ? way : keyspace, registrationPort);
        copies.now(first);
        createAtLast(first.volumes());
        ControlPlane second = controlPlane(_ -> keyspace, 0);
        createAtLast(second.volumes());
        long died = System.nanoTime();
        doomed.sever();
        first.silence(Volumes.class);
        createAtLast(second.volumes());
        return (System.nanoTime() - died) / 1_000_000;
    }

    private static void createAtLast(Volumes volumes) throws InterruptedException {
        long patience = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        var request = new CreateVolume(new VolumeId(UUID.randomUUID()), VolumeShape.of(Population.SIZE, 2));
        while (true) {
            try {
                volumes.create(request);
                return;
            } catch (RefusalException refused) {
                // An earlier attempt of ours may have done it.
                if (refused.refusal() instanceof Refusal.AlreadyExists) return;
                if (System.nanoTime() > patience) throw refused;
                Thread.sleep(5);
            }
        }
    }
}
