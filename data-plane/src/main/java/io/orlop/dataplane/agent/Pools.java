package io.orlop.dataplane.agent;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.Exports;
import io.orlop.dataplane.block.Exposure;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.dataplane.disk.Disks;
import io.orlop.dataplane.pool.LogicalVolumeStore;
import io.orlop.dataplane.pool.PoolFactory;
import io.orlop.dataplane.pool.PoolOps;
import io.orlop.dataplane.pool.ReplicaOps;
import io.orlop.dataplane.pool.ReplicaProperties;
import io.orlop.disk.Disk;
import io.orlop.disk.DiskFullException;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/// The loaded pools of a node and the replicas in them. Changes are made one at a time; looking on is free.
final class Pools {
    private static final Logger LOG = System.getLogger(Pools.class.getName());
    private static final Duration FIRST_MENDING = Duration.ofSeconds(2);
    private static final Duration LAST_MENDING = Duration.ofSeconds(30);

    private record Loaded(PoolOps pool, String disk) {}

    private record Found(Loaded loaded, ReplicaOps replica) {}

    private final NodeId node;
    private final Disks disks;
    private final Exports exports;
    private final PoolFactory factory;
    private final Runnable changed;
    private final Ambient ambient;
    private final AtomicBoolean mending = new AtomicBoolean();
    private final Signal closing;
    private final ConcurrentSkipListMap<PoolId, Loaded> loaded = new ConcurrentSkipListMap<>();
    private final ReentrantLock changing = new ReentrantLock();

    /// @param changed called after every change of what is reported here, usage apart
    Pools(NodeId node, Disks disks, Exports exports, PoolFactory factory, Runnable changed, Ambient ambient) {
        this.node = node;
        this.disks = disks;
        this.exports = exports;
        this.factory = factory;
        this.changed = changed;
        this.ambient = ambient;
        this.closing = ambient.signal();
    }

    /// Moves with what is used.
    long drift() {
        return loaded.values().stream().mapToLong(one -> one.pool().changes()).sum();
    }

    List<PoolState> states() {
        return loaded.values().stream().map(this::state).toList();
    }

    PoolState create(CreatePool request) {
        return load(
                request,
                (name, disk) -> factory.createOrImport(
                        name, null, LogicalVolumeStore.DEFAULT_CLUSTER_SIZE.count(), openAnew(disk)));
    }

    PoolState load(CreatePool request) {
        return load(request, (name, disk) -> factory.load(name, null, openAnew(disk)));
    }

    private interface Loading {
        PoolOps load(String name, String disk) throws IOException;
    }

    private PoolState load(CreatePool request, Loading loading) {
        return exclusively("pool '%s'".formatted(request.pool()), () -> {
            String disk = onlyDisk(request);
            Loaded there = loaded.get(request.pool());
            if (there != null && there.disk.equals(disk) && there.pool.status() == PoolStatus.FAULTED) {
                return reopen(request.pool(), there);
            }
            refuseIfLoaded(request.pool(), disk);
            Loaded pool = new Loaded(loading.load(request.pool().name(), disk), disk);
            return put(request.pool(), pool);
        });
    }

    private PoolState put(PoolId id, Loaded pool) throws IOException {
        loaded.put(id, pool);
        for (ReplicaOps replica : pool.pool.replicas()) {
            if (replica.properties().shared()) expose(replica);
        }
        return state(pool);
    }

    /// Reads a faulted pool anew from its disk, which shows what is there. Until that succeeds it is listed as faulted.
    private PoolState reopen(PoolId id, Loaded faulted) throws IOException {
        for (ReplicaOps replica : faulted.pool.replicas()) withdraw(replica);
        faulted.pool.close();
        PoolOps again = factory.load(id.name(), null, openAnew(faulted.disk));
        LOG.log(Level.INFO, "pool {0} on {1} was faulted, and is read anew", id, faulted.disk);
        return put(id, new Loaded(again, faulted.disk));
    }

    /// A pool has become faulted: it is read anew from time to time until it can be, since whoever made room on its
    /// disk, or plugged it in again, need not know of it.
    void mend() {
        if (mending.compareAndSet(false, true)) ambient.start("pool-mending", this::mendAll);
    }

    private void mendAll() {
        Duration pause = FIRST_MENDING;
        try {
            while (!closing.await(pause)) {
                loaded.forEach(this::mend);
                pause = pause.multipliedBy(2).compareTo(LAST_MENDING) < 0 ? pause.multipliedBy(2) : LAST_MENDING;
                if (anyFaulted()) continue;
                mending.set(false);
                // One that became faulted just now found somebody mending.
                if (!anyFaulted() || !mending.compareAndSet(false, true)) return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean anyFaulted() {
        return loaded.values().stream().anyMatch(pool -> pool.pool.status() == PoolStatus.FAULTED);
    }

    private void mend(PoolId id, Loaded pool) {
        if (pool.pool.status() != PoolStatus.FAULTED) return;
        try {
            exclusively("pool '%s'".formatted(id), () -> loaded.get(id) == pool ? reopen(id, pool) : id);
        } catch (RefusalException still) {
            LOG.log(Level.WARNING, "pool {0} stays faulted: {1}", id, still.getMessage());
        }
    }

    /// As its medium is. Somebody before us, another life of this process maybe, may have failed to force it.
    private Disk openAnew(String uri) throws IOException {
        Disk disk = disks.open(uri);
        boolean forgot = false;
        try {
            disk.forget();
            forgot = true;
            return disk;
        } finally {
            if (!forgot) disk.close();
        }
    }

    private String onlyDisk(CreatePool request) {
        if (request.disks().size() != 1) {
            throw new Refusal.Invalid(
                            "pool '%s' with %d disks"
                                    .formatted(request.pool(), request.disks().size()),
                            "give exactly one disk; make a pool of each")
                    .exception();
        }
        return disks.canonical(request.disks().getFirst());
    }

    private void refuseIfLoaded(PoolId id, String disk) {
        loaded.forEach((other, pool) -> {
            if (other.equals(id) && pool.disk.equals(disk)) {
                throw new Refusal.AlreadyExists(
                                "pool '%s' on disk '%s' is loaded".formatted(id, disk), "nothing needs to be done")
                        .exception();
            }
            if (other.equals(id)) {
                throw new Refusal.Invalid(
                                "pool '%s' is on disk '%s', not on '%s'".formatted(id, pool.disk, disk),
                                "choose another name, or name its own disk")
                        .exception();
            }
            if (pool.disk.equals(disk)) {
                throw new Refusal.Invalid(
                                "disk '%s' carries pool '%s', not '%s'".formatted(disk, other, id), "give another disk")
                        .exception();
            }
        });
    }

    void destroy(PoolId id) {
        exclusively("pool '%s'".formatted(id), () -> {
            Loaded pool = loaded.get(id);
            if (pool == null) {
                throw new Refusal.NotFound(
                                "pool '%s' is not loaded on node '%s'".formatted(id, node), "import it first")
                        .exception();
            }
            for (ReplicaOps replica : pool.pool.replicas()) withdraw(replica);
            pool.pool.destroy();
            loaded.remove(id);
            return id;
        });
    }

    List<ReplicaState> replicas() {
        return loaded.values().stream()
                .flatMap(pool -> pool.pool.replicas().stream().map(replica -> state(pool, replica)))
                .toList();
    }

    ReplicaState createReplica(CreateReplica request) {
        return exclusively("replica '%s'".formatted(request.name()), () -> {
            if (request.share() == ShareProtocol.ISCSI) {
                throw new Refusal.Invalid(
                                "replica '%s' cannot be shared by ISCSI".formatted(request.name()),
                                "share it by NVMF, or not at all")
                        .exception();
            }
            Loaded pool = loaded.get(request.pool());
            if (pool == null) {
                throw new Refusal.FailedPrecondition(
                                "pool '%s' is not loaded on node '%s'".formatted(request.pool(), node),
                                "import it, or name another")
                        .exception();
            }
            refuseIfThere(request);
            boolean shared = request.share() == ShareProtocol.NVMF;
            ReplicaOps replica = pool.pool.create(
                    request.replica(),
                    request.name(),
                    request.size().count(),
                    request.thin(),
                    new ReplicaProperties(shared, texts(request.hosts()), ""));
            if (shared) exposeOrDestroy(pool, replica);
            return state(pool, replica);
        });
    }

    private void refuseIfThere(CreateReplica request) {
        for (ReplicaState other : replicas()) {
            if (other.uuid().equals(request.replica())) {
                throw new Refusal.AlreadyExists(
                                "replica %s exists in pool '%s'".formatted(other.uuid(), other.pool()),
                                "use it, or choose another uuid")
                        .exception();
            }
            if (other.name().equals(request.name())) {
                throw new Refusal.AlreadyExists(
                                "a replica named '%s' exists in pool '%s'".formatted(other.name(), other.pool()),
                                "choose another name: a node's replicas share one list of names")
                        .exception();
            }
        }
    }

    private void exposeOrDestroy(Loaded pool, ReplicaOps replica) throws IOException {
        boolean exposed = false;
        try {
            expose(replica);
            exposed = true;
        } finally {
            if (!exposed) pool.pool.destroy(replica.uuid());
        }
    }

    void destroyReplica(ReplicaId uuid, PoolId id) {
        exclusively("replica %s".formatted(uuid), () -> {
            Loaded pool = loaded.get(id);
            if (pool == null) {
                throw new Refusal.Unavailable(
                                "pool '%s' is not loaded on node '%s', so replica %s may be in it"
                                        .formatted(id, node, uuid),
                                "import the pool first")
                        .exception();
            }
            pool.pool.replica(uuid).ifPresent(this::withdraw);
            pool.pool.destroy(uuid);
            return uuid;
        });
    }

    ReplicaState share(ReplicaId uuid, List<AllowedHost> hosts) {
        return exclusively("replica %s".formatted(uuid), () -> {
            Found found = find(uuid);
            boolean shared = found.replica.properties().shared();
            found.replica.describe(found.replica.properties().shared(true, texts(hosts)));
            if (shared) exports.allow(nqn(found.replica), allowed(found.replica));
            else expose(found.replica);
            return state(found.loaded, found.replica);
        });
    }

    ReplicaState unshare(ReplicaId uuid) {
        return exclusively("replica %s".formatted(uuid), () -> {
            Found found = find(uuid);
            withdraw(found.replica);
            found.replica.describe(found.replica.properties().shared(false, List.of()));
            return state(found.loaded, found.replica);
        });
    }

    /// The blocks of a replica of this node.
    Optional<BlockDevice> device(ReplicaUri uri) {
        for (Loaded pool : loaded.values()) {
            if (pool.pool.status() == PoolStatus.FAULTED) continue;
            for (ReplicaOps replica : pool.pool.replicas()) {
                boolean meant = uri.uuid()
                        .map(replica.uuid()::equals)
                        .orElse(replica.name().equals(uri.name()));
                if (meant) return Optional.of(replica.device());
            }
        }
        return Optional.empty();
    }

    /// Lets every disk go, its content as it is.
    void close() {
        closing.raise();
        exclusively("the pools of node '%s'".formatted(node), () -> {
            for (Loaded pool : loaded.values()) {
                for (ReplicaOps replica : pool.pool.replicas()) withdraw(replica);
                pool.pool.close();
            }
            loaded.clear();
            return node;
        });
    }

    /// Lets every disk go as a killed process would.
    void abandon() {
        closing.raise();
        for (Loaded pool : loaded.values()) pool.pool.abandon();
    }

    private Found find(ReplicaId uuid) {
        for (Loaded pool : loaded.values()) {
            Optional<ReplicaOps> replica = pool.pool.replica(uuid);
            if (replica.isPresent()) return new Found(pool, replica.get());
        }
        throw new Refusal.NotFound(
                        "replica %s is in no loaded pool of node '%s'".formatted(uuid, node),
                        "list the node's replicas")
                .exception();
    }

    private void expose(ReplicaOps replica) throws IOException {
        exports.expose(new Exposure(
                nqn(replica),
                replica.device(),
                replica.uuid().uuid(),
                allowed(replica),
                Exposure.CONTROLLER_MIN,
                Exposure.CONTROLLER_MAX));
    }

    private void withdraw(ReplicaOps replica) {
        try {
            exports.withdraw(nqn(replica));
        } catch (IOException e) {
            throw failed("replica '%s'".formatted(replica.name()), e);
        }
    }

    private static List<String> texts(List<AllowedHost> hosts) {
        return hosts.stream().map(AllowedHost::toString).toList();
    }

    private static List<AllowedHost> allowed(ReplicaOps replica) {
        return replica.properties().allowedHosts().stream().map(AllowedHost::of).toList();
    }

    private static String nqn(ReplicaOps replica) {
        return Exposure.nqnOf(replica.name());
    }

    private PoolState state(Loaded pool) {
        return new PoolState(
                new PoolId(pool.pool.name()),
                pool.pool.uuid(),
                node,
                List.of(pool.disk),
                pool.pool.status(),
                Bytes.of(pool.pool.capacity()),
                Bytes.of(pool.pool.used()),
                Bytes.of(pool.pool.committed()),
                Bytes.of(pool.pool.clusterSize()));
    }

    private ReplicaState state(Loaded pool, ReplicaOps replica) {
        boolean shared = replica.properties().shared();
        long clusterSize = pool.pool.clusterSize();
        return new ReplicaState(
                replica.uuid(),
                replica.name(),
                node,
                new PoolId(pool.pool.name()),
                pool.pool.uuid(),
                Bytes.of(replica.size()),
                replica.thin(),
                shared ? ShareProtocol.NVMF : ShareProtocol.NONE,
                shared
                        ? exports.uri(nqn(replica)) + "?uuid=" + replica.uuid()
                        : ReplicaUri.of(replica.name(), replica.uuid()),
                allowed(replica).stream().map(AllowedHost::nqn).toList(),
                new ReplicaSpace(
                        Bytes.of(replica.size()),
                        Bytes.of(replica.allocatedClusters() * clusterSize),
                        Bytes.of(clusterSize),
                        replica.clusters(),
                        replica.allocatedClusters()),
                ReplicaKind.REGULAR,
                pool.pool.status() == PoolStatus.FAULTED ? ReplicaStatus.FAULTED : ReplicaStatus.ONLINE);
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    private <T> T exclusively(String what, Step<T> step) {
        changing.lock();
        try {
            T done = step.run();
            changed.run();
            return done;
        } catch (DiskFullException | NoSpaceException full) {
            changed.run();
            throw new Refusal.OutOfCapacity(
                            "%s: %s".formatted(what, full.getMessage()), "make room on the node's disk, and try again")
                    .exception();
        } catch (IOException e) {
            // Part of it may have been done.
            changed.run();
            throw failed(what, e);
        } finally {
            changing.unlock();
        }
    }

    private static RuntimeException failed(String what, IOException e) {
        return new Refusal.Failed(what + ": " + e.getMessage(), "look at the node's disks and log, and try again")
                .exception();
    }
}
