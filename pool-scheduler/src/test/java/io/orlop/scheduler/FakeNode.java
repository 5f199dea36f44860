package io.orlop.scheduler;

import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.service.Fact;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A node that remembers its pools and replicas, over restarts too, and that can be away, refuse, or lose requests and
/// answers.
final class FakeNode implements InvocationHandler {
    static final Bytes CLUSTER = Bytes.mib(4);

    /// What becomes of a call.
    enum Fault {
        REQUEST_LOST,
        ANSWER_LOST,
        REFUSED,
        FAILED
    }

    final NodeId id;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Disk> disks = new TreeMap<>();
    private final Map<String, List<Fault>> faults = new TreeMap<>();
    private final List<String> calls = new ArrayList<>();
    private int instance = 1;
    private boolean up = true;
    private List<AllowedHost> allowed = List.of();

    private static final class Disk {
        final Bytes size;

        @Nullable
        PoolId pool;

        boolean loaded;
        final Map<ReplicaId, ReplicaState> replicas = new TreeMap<>();

        Disk(Bytes size) {
            this.size = size;
        }

        Bytes used() {
            Bytes used = Bytes.ZERO;
            for (ReplicaState replica : replicas.values()) if (!replica.thin()) used = used.plus(replica.size());
            return used;
        }
    }

    FakeNode(String name) {
        this.id = new NodeId(name);
    }

    FakeNode disk(String path, Bytes size) {
        disks.put(path, new Disk(size));
        return this;
    }

    Agent agent() {
        return (Agent) Proxy.newProxyInstance(Agent.class.getClassLoader(), new Class<?>[] {Agent.class}, this);
    }

    void next(String method, Fault... next) {
        locked(() -> faults.computeIfAbsent(method, _ -> new ArrayList<>()).addAll(List.of(next)));
    }

    void up(boolean up) {
        locked(() -> this.up = up);
    }

    boolean isUp() {
        return locked(() -> up);
    }

    /// The disk carries nothing any more.
    void loseDisk(String path) {
        locked(() -> disks.put(path, new Disk(Bytes.mib(1))));
    }

    /// Its pools are no longer loaded.
    void restart() {
        locked(() -> {
            disks.values().forEach(disk -> disk.loaded = false);
            return instance++;
        });
    }

    List<String> calls() {
        return locked(() -> List.copyOf(calls));
    }

    /// What an operator does behind our back.
    void unshare(ReplicaId replica) {
        locked(() -> shared(replica, ShareProtocol.NONE, List.of()));
    }

    /// What the registry is told of it.
    List<Fact> facts() {
        return locked(() -> {
            var facts = new ArrayList<Fact>();
            facts.add(new Fact.Node(new NodeState(
                    id, id + ":1", up ? NodeStatus.ONLINE : NodeStatus.OFFLINE, null, null, "" + instance)));
            if (!up) return facts;
            pools().forEach(pool -> facts.add(new Fact.Pool(pool)));
            replicas().forEach(replica -> facts.add(new Fact.Replica(replica)));
            return facts;
        });
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        List<@Nullable Object> given = arguments == null ? List.of() : Arrays.asList(arguments);
        return locked(() -> {
            if (!up) throw new Refusal.Unavailable("node " + id + " is away", "wait").exception();
            calls.add(method.getName());
            List<Fault> planned = faults.getOrDefault(method.getName(), new ArrayList<>());
            Fault fault = planned.isEmpty() ? null : planned.removeFirst();
            if (fault == Fault.REQUEST_LOST) throw timedOut();
            if (fault == Fault.REFUSED) throw new Refusal.FailedPrecondition("it does not want to", "wait").exception();
            if (fault == Fault.FAILED) throw new Refusal.Failed("it stumbled", "look").exception();
            Object answer = answer(method.getName(), given);
            if (fault == Fault.ANSWER_LOST) throw timedOut();
            return answer;
        });
    }

    private RuntimeException timedOut() {
        return new Refusal.TimedOut("node " + id + " did not answer", "look").exception();
    }

    private @Nullable Object answer(String method, List<@Nullable Object> given) {
        return switch (method) {
            case "pools" -> pools();
            case "replicas" -> replicas();
            case "createPool" -> create((CreatePool) given(given, 0));
            case "importPool" -> load((CreatePool) given(given, 0));
            case "destroyPool" -> {
                Disk disk = loaded((PoolId) given(given, 0));
                disk.pool = null;
                disk.loaded = false;
                disk.replicas.clear();
                yield null;
            }
            case "createReplica" -> create((CreateReplica) given(given, 0));
            case "destroyReplica" -> {
                Disk disk = disk((PoolId) given(given, 1));
                if (disk == null || !disk.loaded) {
                    throw new Refusal.Unavailable("pool " + given.get(1) + " is not loaded", "import it").exception();
                }
                if (disk.replicas.remove((ReplicaId) given(given, 0)) == null) {
                    throw new Refusal.NotFound("no replica " + given.getFirst(), "list them").exception();
                }
                yield null;
            }
            case "shareReplica" -> shared((ReplicaId) given(given, 0), ShareProtocol.NVMF, bound(given(given, 1)));
            case "unshareReplica" -> shared((ReplicaId) given(given, 0), ShareProtocol.NONE, List.of());
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private static Object given(List<@Nullable Object> given, int index) {
        return Objects.requireNonNull(given.get(index));
    }

    private List<String> bound(Object given) {
        allowed = ((List<?>) given).stream().map(AllowedHost.class::cast).toList();
        return allowed.stream().map(AllowedHost::nqn).toList();
    }

    /// Who may connect to what was shared last.
    List<AllowedHost> allowed() {
        return locked(() -> allowed);
    }

    private PoolState create(CreatePool request) {
        Disk disk = disks.get(request.disks().getFirst());
        if (disk == null) throw new Refusal.NotFound("there is no disk " + request.disks(), "name another").exception();
        if (disk.pool == null) disk.pool = request.pool();
        return load(request);
    }

    private PoolState load(CreatePool request) {
        Disk disk = disks.get(request.disks().getFirst());
        if (disk == null) throw new Refusal.NotFound("there is no disk " + request.disks(), "name another").exception();
        if (!request.pool().equals(disk.pool)) {
            throw new Refusal.Invalid("the disk carries " + disk.pool, "name another").exception();
        }
        if (disk.loaded) throw new Refusal.AlreadyExists("it is loaded", "use it").exception();
        disk.loaded = true;
        return state(request.disks().getFirst(), disk);
    }

    private ReplicaState create(CreateReplica request) {
        Disk disk = loaded(request.pool());
        if (disk.replicas.containsKey(request.replica())) {
            throw new Refusal.AlreadyExists("replica " + request.replica() + " is there", "use it").exception();
        }
        Bytes size = request.size().roundedUpTo(CLUSTER);
        if (!request.thin() && !disk.size.minus(disk.used()).atLeast(size)) {
            throw new Refusal.OutOfCapacity("pool " + request.pool() + " is full", "use another").exception();
        }
        var state = new ReplicaState(
                request.replica(),
                request.name(),
                id,
                request.pool(),
                uuid(request.pool()),
                size,
                request.thin(),
                request.share(),
                "bdev:///" + request.name(),
                request.hosts().stream().map(AllowedHost::nqn).toList(),
                new ReplicaSpace(size, request.thin() ? Bytes.ZERO : size, CLUSTER, 1, 1),
                ReplicaKind.REGULAR,
                ReplicaStatus.ONLINE);
        disk.replicas.put(request.replica(), state);
        return state;
    }

    private ReplicaState shared(ReplicaId replica, ShareProtocol share, List<String> hosts) {
        for (Disk disk : disks.values()) {
            ReplicaState found = disk.replicas.get(replica);
            if (found == null || !disk.loaded) continue;
            var state = new ReplicaState(
                    found.uuid(),
                    found.name(),
                    found.node(),
                    found.pool(),
                    found.poolUuid(),
                    found.size(),
                    found.thin(),
                    share,
                    share == ShareProtocol.NVMF ? "nvmf+tcp://" + id + "/" + replica : found.localUri(),
                    hosts,
                    found.space(),
                    found.kind(),
                    found.status());
            disk.replicas.put(replica, state);
            return state;
        }
        throw new Refusal.NotFound("no replica " + replica, "list them").exception();
    }

    List<ReplicaState> replicas() {
        return locked(() -> disks.values().stream()
                .filter(disk -> disk.loaded)
                .flatMap(disk -> disk.replicas.values().stream())
                .toList());
    }

    List<PoolState> pools() {
        return locked(() -> disks.entrySet().stream()
                .filter(disk -> disk.getValue().loaded)
                .map(disk -> state(disk.getKey(), disk.getValue()))
                .toList());
    }

    private PoolState state(String path, Disk disk) {
        PoolId pool = Objects.requireNonNull(disk.pool);
        Bytes committed =
                disk.replicas.values().stream().map(ReplicaState::size).reduce(Bytes.ZERO, Bytes::plus);
        return new PoolState(
                pool,
                uuid(pool),
                id,
                List.of("aio://" + path + "?uuid=" + uuid(pool)),
                PoolStatus.ONLINE,
                disk.size,
                disk.used(),
                committed,
                CLUSTER);
    }

    private static PoolUuid uuid(PoolId pool) {
        return new PoolUuid(new UUID(0x4000, 0x8000000000000000L | pool.name().hashCode()));
    }

    private @Nullable Disk disk(PoolId pool) {
        return disks.values().stream()
                .filter(disk -> pool.equals(disk.pool))
                .findFirst()
                .orElse(null);
    }

    private Disk loaded(PoolId pool) {
        Disk disk = disk(pool);
        if (disk == null || !disk.loaded) throw new Refusal.NotFound("no pool " + pool, "import it").exception();
        return disk;
    }

    private <R extends @Nullable Object> R locked(Supplier<R> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
