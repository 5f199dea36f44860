package io.orlop.simulation;

import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.model.AllowedHost;
import io.orlop.model.BlockDevice;
import io.orlop.model.Bytes;
import io.orlop.model.ChildAction;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A storage node without disks or hosts: it keeps account of what it is asked for, and answers as a real one does. Its
/// generation moves with every change, and a rebuild takes a moment. So a thousand of them have room beside each other,
/// in a simulation, or behind servers of their own where a control plane is measured.
public final class LightAgent implements Agent {
    static final Bytes CLUSTER = Bytes.mib(4);
    private static final Bytes CAPACITY = Bytes.gib(16 << 10);
    private static final Duration REBUILD = Duration.ofMillis(500);

    private final NodeRegistration registration;
    private final NexusInfoStore infos;
    private final Ambient ambient;
    private final AtomicLong generation;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<PoolId, PoolState> pools = new TreeMap<>();
    private final TreeMap<ReplicaId, ReplicaState> replicas = new TreeMap<>();
    private final TreeMap<NexusId, LightNexus> nexuses = new TreeMap<>();
    private volatile Runnable news = () -> {};

    /// @param endpoint where it is served
    /// @param instance a name that this node never had before
    public LightAgent(NodeId node, String endpoint, String instance, Ambient ambient, NexusInfoStore infos) {
        this.ambient = ambient;
        this.generation = new AtomicLong(ambient.random().nextLong(Long.MAX_VALUE / 2));
        this.registration = new NodeRegistration(node, endpoint, instance, node.nqn(), "simulated");
        this.infos = infos;
    }

    /// Calls this at every move of the generation.
    public void onNews(Runnable listener) {
        news = listener;
    }

    /// Has this pool from the beginning.
    public void load(PoolId pool, PoolUuid uuid, String disk) {
        pools.put(
                pool,
                new PoolState(
                        pool,
                        uuid,
                        node(),
                        List.of(disk),
                        PoolStatus.ONLINE,
                        CAPACITY,
                        Bytes.ZERO,
                        Bytes.ZERO,
                        CLUSTER));
    }

    /// Has this replica from the beginning.
    public ReplicaState load(CreateReplica request) {
        return add(request);
    }

    /// Has this nexus, offered to hosts, from the beginning.
    public void load(CreateNexus request) {
        LightNexus nexus = LightNexus.of(request, node());
        nexuses.put(request.nexus(), nexus.offered(exported(request.name()), List.of()));
    }

    private NodeId node() {
        return registration.id();
    }

    @Override
    public NodeRegistration info() {
        return registration.counted(generation.get(), 0L);
    }

    @Override
    public List<BlockDevice> blockDevices(boolean all) {
        return List.of();
    }

    @Override
    public List<PoolState> pools() {
        return asking(() -> List.copyOf(pools.values()));
    }

    @Override
    public PoolState createPool(CreatePool request) {
        return changing(() -> {
            PoolState there = pools.get(request.pool());
            if (there != null) {
                throw new Refusal.AlreadyExists(
                                "pool '%s' is loaded".formatted(request.pool()), "nothing needs to be done")
                        .exception();
            }
            load(
                    request.pool(),
                    new PoolUuid(new UUID(
                            ambient.random().nextLong(), ambient.random().nextLong())),
                    request.disks().getFirst());
            return pool(request.pool());
        });
    }

    @Override
    public PoolState importPool(CreatePool request) {
        return createPool(request);
    }

    @Override
    public void destroyPool(PoolId pool) {
        changing(() -> {
            pool(pool);
            replicas.values().removeIf(replica -> replica.pool().equals(pool));
            return pools.remove(pool);
        });
    }

    @Override
    public List<ReplicaState> replicas() {
        return asking(() -> List.copyOf(replicas.values()));
    }

    @Override
    public ReplicaState createReplica(CreateReplica request) {
        return changing(() -> {
            if (replicas.containsKey(request.replica())) {
                throw new Refusal.AlreadyExists(
                                "replica %s exists".formatted(request.replica()), "use it, or choose another uuid")
                        .exception();
            }
            PoolState pool = pool(request.pool());
            if (pool.free().count() < (request.thin() ? CLUSTER : request.size()).count()) {
                throw new Refusal.OutOfCapacity(
                                "pool '%s' has %s free".formatted(pool.id(), pool.free()), "choose another pool")
                        .exception();
            }
            return add(request);
        });
    }

    @Override
    public void destroyReplica(ReplicaId replica, PoolId pool) {
        changing(() -> {
            pool(pool);
            ReplicaState gone = replica(replica);
            account(pool, gone, -1);
            return replicas.remove(replica);
        });
    }

    @Override
    public ReplicaState shareReplica(ReplicaId replica, List<AllowedHost> hosts) {
        return changing(() -> put(shared(replica(replica), ShareProtocol.NVMF, names(hosts))));
    }

    @Override
    public ReplicaState unshareReplica(ReplicaId replica) {
        return changing(() -> put(shared(replica(replica), ShareProtocol.NONE, List.of())));
    }

    @Override
    public List<NexusState> nexuses() {
        return asking(() -> nexuses.values().stream().map(LightNexus::state).toList());
    }

    @Override
    public NexusState createNexus(CreateNexus request) {
        return changing(() -> {
            if (nexuses.containsKey(request.nexus())) {
                throw new Refusal.AlreadyExists(
                                "nexus %s exists".formatted(request.nexus()), "use it, or destroy it first")
                        .exception();
            }
            return put(LightNexus.of(request, node()));
        });
    }

    @Override
    public void destroyNexus(NexusId nexus) {
        changing(() -> {
            LightNexus gone = nexus(nexus);
            nexuses.remove(nexus);
            save(gone, true);
            return gone;
        });
    }

    @Override
    public NexusState shutdownNexus(NexusId nexus) {
        return changing(() -> {
            save(nexus(nexus), true);
            return change(nexus, LightNexus::shutDown);
        });
    }

    @Override
    public NexusState publishNexus(NexusId nexus, ShareProtocol protocol, List<String> hosts) {
        return changing(() -> change(nexus, it -> it.offered(exported(it.state().name()), hosts)));
    }

    @Override
    public NexusState unpublishNexus(NexusId nexus) {
        return changing(() -> change(nexus, it -> it.offered("", List.of())));
    }

    @Override
    public NexusState addChild(NexusId nexus, String uri, boolean withoutRebuild) {
        NexusState added = changing(() -> {
            if (nexus(nexus).state().children().stream()
                    .anyMatch(child -> child.uri().equals(uri))) {
                throw new Refusal.AlreadyExists("'%s' is a child".formatted(uri), "nothing needs to be done")
                        .exception();
            }
            return put(nexus(nexus).with(uri));
        });
        if (!withoutRebuild) ambient.start("rebuild", () -> rebuild(nexus, uri));
        return added;
    }

    private void rebuild(NexusId nexus, String uri) {
        try {
            ambient.sleep(REBUILD);
            changing(() -> nexuses.containsKey(nexus) ? change(nexus, it -> it.rebuilt(uri)) : null);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public NexusState removeChild(NexusId nexus, String uri) {
        return changing(() -> put(nexus(nexus).without(uri)));
    }

    @Override
    public NexusState actOnChild(NexusId nexus, String uri, ChildAction action) {
        return changing(() -> change(
                nexus,
                it -> it.each(child -> {
                    if (!child.uri().equals(uri)) return child;
                    return action == ChildAction.ONLINE
                            ? new ChildState(uri, ChildStatus.ONLINE, ChildReason.NONE, null, null)
                            : new ChildState(uri, ChildStatus.FAULTED, ChildReason.BY_CLIENT, null, ambient.now());
                })));
    }

    @Override
    public List<RebuildRecord> rebuildHistory(NexusId nexus) {
        return List.of();
    }

    /// The node that had these replicas died: whoever writes to one of them sees it at once.
    public void lose(Set<ReplicaId> gone) {
        List<NexusId> hurt = asking(() -> nexuses.values().stream()
                .filter(nexus -> nexus.state().children().stream().anyMatch(child -> isOf(gone, child)))
                .map(nexus -> nexus.state().uuid())
                .toList());
        for (NexusId nexus : hurt) {
            changing(() -> change(
                    nexus,
                    it -> it.each(child -> isOf(gone, child)
                            ? new ChildState(
                                    child.uri(), ChildStatus.FAULTED, ChildReason.IO_FAILURE, null, ambient.now())
                            : child)));
        }
    }

    private static boolean isOf(Set<ReplicaId> replicas, ChildState child) {
        return ReplicaId.behind(child.uri()).filter(replicas::contains).isPresent();
    }

    private ReplicaState add(CreateReplica request) {
        PoolState pool = pool(request.pool());
        long clusters = Math.ceilDiv(request.size().count(), CLUSTER.count());
        long allocated = request.thin() ? 0 : clusters;
        var plain = new ReplicaState(
                request.replica(),
                request.name(),
                node(),
                request.pool(),
                pool.uuid(),
                Bytes.of(clusters * CLUSTER.count()),
                request.thin(),
                ShareProtocol.NONE,
                "",
                List.of(),
                new ReplicaSpace(
                        Bytes.of(clusters * CLUSTER.count()),
                        Bytes.of(allocated * CLUSTER.count()),
                        CLUSTER,
                        clusters,
                        allocated),
                ReplicaKind.REGULAR,
                ReplicaStatus.ONLINE);
        account(request.pool(), plain, 1);
        return put(shared(plain, request.share(), names(request.hosts())));
    }

    private void account(PoolId id, ReplicaState replica, int sign) {
        PoolState pool = pool(id);
        pools.put(
                id,
                pool.using(
                        Bytes.of(pool.used().count()
                                + sign * replica.space().allocated().count()),
                        Bytes.of(
                                pool.committed().count() + sign * replica.size().count())));
    }

    private static List<String> names(List<AllowedHost> hosts) {
        return hosts.stream().map(AllowedHost::nqn).toList();
    }

    private static ReplicaState shared(ReplicaState replica, ShareProtocol share, List<String> hosts) {
        String uri = share == ShareProtocol.NONE
                ? "bdev:///" + replica.name() + "?uuid=" + replica.uuid()
                : exported(replica.name()) + "?uuid=" + replica.uuid();
        return new ReplicaState(
                replica.uuid(),
                replica.name(),
                replica.node(),
                replica.pool(),
                replica.poolUuid(),
                replica.size(),
                replica.thin(),
                share,
                uri,
                hosts,
                replica.space(),
                replica.kind(),
                replica.status());
    }

    private static String exported(String name) {
        return "nvmf+tcp://127.0.0.1:8420/nqn.2019-05.io.openebs:" + name;
    }

    private ReplicaState put(ReplicaState replica) {
        replicas.put(replica.uuid(), replica);
        return replica;
    }

    private NexusState put(LightNexus nexus) {
        save(nexus, false);
        nexuses.put(nexus.state().uuid(), nexus);
        return nexus.state();
    }

    private NexusState change(NexusId nexus, UnaryOperator<LightNexus> change) {
        LightNexus before = nexus(nexus);
        LightNexus after = change.apply(before);
        nexuses.put(nexus, after);
        if (!before.info(false).equals(after.info(false))) save(after, false);
        return after.state();
    }

    private void save(LightNexus nexus, boolean cleanShutdown) {
        try {
            infos.save(nexus.infoKey(), nexus.info(cleanShutdown));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private PoolState pool(PoolId id) {
        return known(pools::get, id, "pool");
    }

    private ReplicaState replica(ReplicaId id) {
        return known(replicas::get, id, "replica");
    }

    private LightNexus nexus(NexusId id) {
        return known(nexuses::get, id, "nexus");
    }

    private <K, V> V known(Function<K, @Nullable V> where, K id, String what) {
        V found = where.apply(id);
        if (found != null) return found;
        throw new Refusal.NotFound("%s %s is not on %s".formatted(what, id, node()), "list what is there").exception();
    }

    private <T> T asking(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    private <T extends @Nullable Object> T changing(Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            lock.unlock();
            generation.incrementAndGet();
            news.run();
        }
    }
}
