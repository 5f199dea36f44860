package io.orlop.simulation;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.owner.Owner;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NodeId;
import io.orlop.nexus.NexusService;
import io.orlop.nexus.NexusSettings;
import io.orlop.registry.RegistryService;
import io.orlop.registry.RegistrySettings;
import io.orlop.scheduler.PoolScheduler;
import io.orlop.scheduler.SchedulerSettings;
import io.orlop.volume.VolumeService;
import io.orlop.volume.VolumeSettings;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.Term;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registration;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/// The production code of the four services in several copies each, on a [SimulatedNetwork].
final class SimulatedControlPlane {
    private static final Duration LEASE = Duration.ofSeconds(6);

    private final SeededScheduler scheduler;
    private final SimulatedNetwork network;
    private final int copies;
    private final LoopSettings pace;
    private final VolumeSettings volumeSettings;
    private final BiFunction<NodeId, Optional<Term>, Optional<SimulatedNetwork.Served<Agent>>> nodes;
    private final LoopObserver observer;
    private final SimulatedService<RegistryService> registry;
    private final SimulatedService<PoolScheduler> pools;
    private final SimulatedService<NexusService> nexuses;
    private final SimulatedService<VolumeService> volumes;

    /// @param copies of each service
    /// @param nodes whoever serves a node's agent at the moment, for commands of a term
    SimulatedControlPlane(
            SeededScheduler scheduler,
            SimulatedNetwork network,
            int copies,
            LoopSettings pace,
            VolumeSettings volumeSettings,
            BiFunction<NodeId, Optional<Term>, Optional<SimulatedNetwork.Served<Agent>>> nodes,
            LoopObserver observer) {
        this.scheduler = scheduler;
        this.network = network;
        this.copies = copies;
        this.pace = pace;
        this.volumeSettings = volumeSettings;
        this.nodes = nodes;
        this.observer = observer;
        this.registry = service("registry", this::registry, RegistryService::owner);
        this.pools = service("pools", this::poolScheduler, PoolScheduler::owner);
        this.nexuses = service("nexuses", this::nexuses, NexusService::owner);
        this.volumes = service("volumes", this::volumeService, VolumeService::owner);
    }

    List<SimulatedService<?>> services() {
        return List.of(registry, pools, nexuses, volumes);
    }

    SimulatedService<?> service(SimulatedCluster.Office office) {
        return switch (office) {
            case REGISTRY -> registry;
            case POOLS -> pools;
            case NEXUSES -> nexuses;
            case VOLUMES -> volumes;
        };
    }

    Registration registration(SeededAmbient caller) {
        return registry.link(Registration.class, caller);
    }

    Pools pools(SeededAmbient caller) {
        return pools.link(Pools.class, caller);
    }

    Volumes volumes(SeededAmbient caller) {
        return volumes.link(Volumes.class, caller);
    }

    /// What the loops of all services wait for, for whoever wonders why something does not go on.
    Map<String, Map<String, String>> blocked() {
        var all = new TreeMap<String, Map<String, String>>();
        services().forEach(service -> all.putAll(service.blocked()));
        return all;
    }

    void oneAtMostInOffice(Consumer<String> wrong) {
        for (SimulatedService<?> service : services()) {
            long many = service.countInOffice();
            if (many > 1)
                wrong.accept(many + " copies of " + service.name() + " are in office at " + scheduler.elapsed());
        }
    }

    private <T> SimulatedService<T> service(String name, Function<SeededAmbient, T> root, Function<T, Owner> owner) {
        return new SimulatedService<>(name, copies, scheduler, network, root, owner);
    }

    private RegistryService registry(SeededAmbient process) {
        Keyspace keyspace = network.keyspace(process);
        return new RegistryService(
                        process,
                        keyspace,
                        Layout.DEFAULT,
                        leadership(process, keyspace, "registry"),
                        RegistrySettings.DEFAULT,
                        agents(process),
                        observer)
                .start();
    }

    private PoolScheduler poolScheduler(SeededAmbient process) {
        Keyspace keyspace = network.keyspace(process);
        return new PoolScheduler(
                        process,
                        keyspace,
                        Layout.DEFAULT,
                        agents(process),
                        view(process, keyspace),
                        leadership(process, keyspace, "pools"),
                        new SchedulerSettings(SchedulerSettings.DEFAULT.commitment(), pace),
                        observer)
                .start();
    }

    private NexusService nexuses(SeededAmbient process) {
        Keyspace keyspace = network.keyspace(process);
        return new NexusService(
                        process,
                        keyspace,
                        Layout.DEFAULT,
                        agents(process),
                        view(process, keyspace),
                        leadership(process, keyspace, "nexuses"),
                        NexusSettings.of(pace),
                        observer)
                .start();
    }

    private VolumeService volumeService(SeededAmbient process) {
        Keyspace keyspace = network.keyspace(process);
        return new VolumeService(
                        process,
                        keyspace,
                        Layout.DEFAULT,
                        pools.link(Pools.class, process),
                        nexuses.link(Nexuses.class, process),
                        view(process, keyspace),
                        leadership(process, keyspace, "volumes"),
                        volumeSettings,
                        observer)
                .start();
    }

    private Leadership leadership(SeededAmbient process, Keyspace keyspace, String service) {
        return new Leadership(process, keyspace, Layout.DEFAULT.leader(service), process.toString(), LEASE);
    }

    private ClusterView view(SeededAmbient process, Keyspace keyspace) {
        return ClusterView.open(process, keyspace, Layout.DEFAULT, registry.link(Registry.class, process));
    }

    private Agents agents(SeededAmbient process) {
        return (node, term) -> network.link(Agent.class, process, () -> nodes.apply(node, term));
    }
}
