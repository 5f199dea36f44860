package io.orlop.standalone;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.owner.Owner;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NodeId;
import io.orlop.model.NodeState;
import io.orlop.model.ambient.Ambient;
import io.orlop.nexus.NexusService;
import io.orlop.nexus.NexusSettings;
import io.orlop.registry.RegistryService;
import io.orlop.registry.RegistrySettings;
import io.orlop.scheduler.PoolScheduler;
import io.orlop.scheduler.SchedulerSettings;
import io.orlop.volume.VolumeService;
import io.orlop.volume.VolumeSettings;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.GuardedAgents;
import io.orlop.wire.ioengine.GrpcAgents;
import io.orlop.wire.ioengine.RegistrationService;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.FollowingLeader;
import io.orlop.wire.rpc.RpcServer;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// The four services in one process, each built from its composition root and reached over gRPC's in-process transport,
/// exactly as over a network. Agents register, and are called, over loopback TCP.
///
/// A process may hold several copies: each one's clients follow whichever copy leads.
public final class ControlPlane implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// A demo's user does not want to wait upstream's ten minutes until a lost replica is replaced.
    private static final Duration FAULTED_CHILD_WAIT = Duration.ofSeconds(10);

    /// How long a leader that died unnoticed keeps the next start waiting.
    private static final Duration LEASE = Duration.ofSeconds(5);

    private final String name = "orlop-" + UUID.randomUUID();
    private final Ambient ambient = Ambient.system();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Parts parts = new Parts();
    private final Map<Class<?>, Server> doors = new ConcurrentHashMap<>();
    private final Setting setting;
    private final CallPolicy.Registries policies;
    private final Server registration;
    private final Registry registry;
    private final Pools pools;
    private final Nexuses nexuses;
    private final Volumes volumes;
    private final List<Owner> owners;

    /// Where a control plane stands.
    ///
    /// @param keyspaces the way to the store that a service has: `registry`, `pools`, `nexuses` or `volumes`
    /// @param registrationPort where agents register; 0 for any
    /// @param lease how long a leader that died unnoticed keeps the next one waiting
    public record Setting(Function<String, Keyspace> keyspaces, int registrationPort, Duration lease) {
        public static Setting on(Keyspace keyspace) {
            return new Setting(_ -> keyspace, 0, LEASE);
        }
    }

    public ControlPlane(Setting setting, CallPolicy.Registries policies, LoopObserver loops) throws IOException {
        this.setting = setting;
        this.policies = policies;

        try {
            var itself = new AtomicReference<RegistryService>();
            var registryService = parts.keep(new RegistryService(
                    ambient,
                    keyspace("registry"),
                    Layout.DEFAULT,
                    leadership("registry"),
                    RegistrySettings.DEFAULT,
                    agents(node -> Optional.ofNullable(itself.get()).flatMap(known -> known.endpoint(node))),
                    loops));
            itself.set(registryService);
            registryService.start();
            this.registry = serve(Registry.class, registryService.door());
            this.registration = parts.keep(
                    NettyServerBuilder.forAddress(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), setting.registrationPort()))
                            .directExecutor()
                            .addService(new RegistrationService(registryService.registrationDoor()))
                            .build()
                            .start(),
                    Server::shutdownNow);
            var view = parts.keep(ClusterView.open(ambient, keyspace("registry"), Layout.DEFAULT, registry));
            Agents agents = agents(node -> view.seen().node(node).map(NodeState::grpcEndpoint));

            var poolScheduler = parts.keep(new PoolScheduler(
                    ambient,
                    keyspace("pools"),
                    Layout.DEFAULT,
                    agents,
                    view,
                    leadership("pools"),
                    SchedulerSettings.DEFAULT,
                    loops));
            this.pools = serve(Pools.class, poolScheduler.start().door());
            var nexusService = parts.keep(new NexusService(
                    ambient,
                    keyspace("nexuses"),
                    Layout.DEFAULT,
                    agents,
                    view,
                    leadership("nexuses"),
                    NexusSettings.of(LoopSettings.named("nexuses")),
                    loops));
            this.nexuses = serve(Nexuses.class, nexusService.start().door());
            var volumeService = parts.keep(new VolumeService(
                    ambient,
                    keyspace("volumes"),
                    Layout.DEFAULT,
                    pools,
                    nexuses,
                    view,
                    leadership("volumes"),
                    VolumeSettings.DEFAULT.withFaultedChildWait(FAULTED_CHILD_WAIT),
                    loops));
            this.volumes = serve(Volumes.class, volumeService.start().door());
            this.owners = List.of(
                    registryService.owner(), poolScheduler.owner(), nexusService.owner(), volumeService.owner());
        } catch (IOException | RuntimeException | Error failure) {
            // Nobody would have it to close, and its services would go on leading.
            close();
            throw failure;
        }
    }

    private Leadership leadership(String service) {
        return new Leadership(ambient, keyspace(service), Layout.DEFAULT.leader(service), name, setting.lease());
    }

    private Keyspace keyspace(String service) {
        return setting.keyspaces().apply(service);
    }

    private Agents agents(Function<NodeId, Optional<String>> endpoints) {
        return new GuardedAgents(parts.keep(new GrpcAgents(endpoints)), policies);
    }

    private <T> T serve(Class<T> contract, T service) throws IOException {
        BindableService door = RpcServer.of(contract, service);
        doors.put(
                contract,
                parts.keep(
                        InProcessServerBuilder.forName(address(name, contract))
                                .directExecutor()
                                .addService(door)
                                .build()
                                .start(),
                        Server::shutdownNow));
        // There may be one copy, and it may not lead yet: whoever calls waits for it.
        return FollowingLeader.overGrpc(
                contract,
                contract.getSimpleName(),
                channel(name, contract),
                copy -> channel(copy, contract),
                policies,
                DEADLINE,
                PATIENCE);
    }

    private ManagedChannel channel(String copy, Class<?> contract) {
        return parts.keep(
                InProcessChannelBuilder.forName(address(copy, contract))
                        .executor(executor)
                        .build(),
                ManagedChannel::shutdownNow);
    }

    private static String address(String copy, Class<?> contract) {
        return copy + "-" + contract.getSimpleName();
    }

    /// Nobody reaches this service any more, as if its process had died; what it was doing goes on.
    public void silence(Class<?> contract) {
        Server door = doors.get(contract);
        if (door != null) door.shutdownNow();
    }

    public Registry registry() {
        return registry;
    }

    public Pools pools() {
        return pools;
    }

    public Nexuses nexuses() {
        return nexuses;
    }

    public Volumes volumes() {
        return volumes;
    }

    /// Of each service.
    List<Owner> owners() {
        return owners;
    }

    /// Where agents register.
    public String registrationEndpoint() {
        return "127.0.0.1:" + registration.getPort();
    }

    /// What is under way in a call ends by itself, refused by what is closed; the next control plane finishes what was
    /// promised.
    @Override
    public void close() {
        parts.close();
        executor.close();
    }
}
