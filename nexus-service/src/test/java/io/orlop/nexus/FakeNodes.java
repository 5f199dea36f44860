package io.orlop.nexus;

import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.model.AnaState;
import io.orlop.model.Bytes;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolId;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.Term;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Observation.News;
import io.orlop.wire.service.Registry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// Nodes that keep nexuses in memory as io-engine does, write what they know of their children, and forget everything
/// when they start again.
final class FakeNodes implements Agents, AutoCloseable {
    final LocalStore store = new LocalStore(Ambient.system());
    final LocalKeyspace keyspace = new LocalKeyspace(store, Ambient.system());
    private final Map<NodeId, Boolean> online = new TreeMap<>();
    private final Map<NodeId, Map<NexusId, Held>> nexuses = new TreeMap<>();
    private final Map<ReplicaId, NodeId> replicas = new TreeMap<>();
    private final Map<NodeId, Integer> lives = new TreeMap<>();
    private final List<Following> feeds = new CopyOnWriteArrayList<>();
    private final Map<Fact.Id, Fact> told = new TreeMap<>();
    private long tellings;

    /// Every call of an agent: its method, and the term that a command came under.
    final List<Call> calls = new CopyOnWriteArrayList<>();
    /// Copies that no node can open although theirs reports them.
    final Set<ReplicaId> unopenable = new ConcurrentSkipListSet<>();
    /// What becomes of attempts to build a nexus of this copy, of which nobody hears.
    final Map<ReplicaId, Unheard> unheard = new ConcurrentSkipListMap<>();
    /// Called when a nexus was just destroyed.
    volatile Runnable whenDestroyed = () -> {};

    record Call(NodeId node, String method, Optional<Term> term) {}

    enum Unheard {
        LOST,
        CARRIED_OUT
    }

    /// A nexus on its node, and where it writes.
    private record Held(NexusState state, String infoKey) {}

    FakeNodes(int count) {
        for (int i = 1; i <= count; i++) {
            NodeId node = node(i);
            online.put(node, true);
            nexuses.put(node, new TreeMap<>());
            replicas.put(replica(i), node);
            lives.put(node, 1);
            put(
                    Layout.DEFAULT.nodes() + node,
                    JsonDocument.NODE.encode(new NodeSpec(node, "127.0.0.1:1", Map.of(), List.of(), null, null)));
            put(Layout.DEFAULT.replicas() + replica(i), JsonDocument.REPLICA.encode(replicaSpec(i)));
            changed(node);
        }
    }

    static NodeId node(int number) {
        return new NodeId("node-" + number);
    }

    /// Every node has one.
    static ReplicaId replica(int number) {
        return new ReplicaId(new UUID(7, number));
    }

    static String uri(int replica, int seenFrom) {
        return (replica == seenFrom
                        ? "bdev:///" + replica(replica)
                        : "nvmf+tcp://node-" + replica + "/" + replica(replica))
                + "?uuid=" + replica(replica);
    }

    void put(String key, byte[] value) {
        keyspace.commit(Transaction.of().put(key, value).build());
    }

    synchronized void stop(int number) {
        online.put(node(number), false);
        changed(node(number));
    }

    /// A node that starts has no nexuses.
    synchronized void start(int number) {
        online.put(node(number), true);
        lives.merge(node(number), 1, Integer::sum);
        held(node(number)).clear();
        changed(node(number));
    }

    synchronized List<NexusState> on(int number) {
        return held(node(number)).values().stream().map(Held::state).toList();
    }

    /// Puts a nexus there that the service did not ask for.
    synchronized void plant(int number, CreateNexus request) {
        create(node(number), request);
    }

    synchronized void faultChild(int number, NexusId nexus, String uri) {
        Held held = Objects.requireNonNull(held(node(number)).get(nexus));
        save(
                node(number),
                new Held(
                        with(
                                held.state(),
                                held.state().children().stream()
                                        .map(child -> child.uri().equals(uri)
                                                ? new ChildState(
                                                        uri, ChildStatus.FAULTED, ChildReason.IO_FAILURE, null, null)
                                                : child)
                                        .toList()),
                        held.infoKey()),
                false);
    }

    /// It lets go of its children by itself, as one does that cannot write down which of them are whole.
    synchronized void giveUp(int number, NexusId nexus) {
        Held held = Objects.requireNonNull(held(node(number)).get(nexus));
        held(node(number)).put(nexus, new Held(shutDown(held.state()), held.infoKey()));
        changed(node(number));
    }

    private Map<NexusId, Held> held(NodeId node) {
        return Objects.requireNonNull(nexuses.get(node));
    }

    @Override
    public Agent at(NodeId node, Optional<Term> term) {
        return (Agent) Proxy.newProxyInstance(
                Agent.class.getClassLoader(), new Class<?>[] {Agent.class}, (_, method, arguments) -> {
                    calls.add(new Call(node, method.getName(), term));
                    return answer(node, method.getName(), arguments == null ? new Object[0] : arguments);
                });
    }

    private synchronized @Nullable Object answer(NodeId node, String method, @Nullable Object[] arguments) {
        if (!isOnline(node)) throw new Refusal.Unavailable(node + " does not answer", "wait").exception();
        return switch (method) {
            case "nexuses" -> held(node).values().stream().map(Held::state).toList();
            case "createNexus" -> create(node, (CreateNexus) Objects.requireNonNull(arguments[0]));
            case "destroyNexus" -> destroy(node, id(arguments));
            case "publishNexus" -> share(node, id(arguments), "nvmf+tcp://" + node, hosts(arguments[2]));
            case "unpublishNexus" -> share(node, id(arguments), "", List.of());
            case "addChild" -> addChild(node, id(arguments), (String) Objects.requireNonNull(arguments[1]));
            case "removeChild" -> removeChild(node, id(arguments), (String) Objects.requireNonNull(arguments[1]));
            case "shutdownNexus" -> shutDown(node, id(arguments));
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private static NexusId id(@Nullable Object[] arguments) {
        return (NexusId) Objects.requireNonNull(arguments[0]);
    }

    /// The node loses it and says nothing.
    synchronized void forget(int number, NexusId nexus) {
        held(node(number)).remove(nexus);
    }

    private static List<String> hosts(@Nullable Object hosts) {
        var names = new ArrayList<String>();
        if (hosts instanceof List<?> list) list.forEach(name -> names.add(String.valueOf(name)));
        return names;
    }

    private boolean isOnline(NodeId node) {
        return online.getOrDefault(node, false);
    }

    private NexusState create(NodeId node, CreateNexus request) {
        if (held(node).containsKey(request.nexus())) {
            throw new Refusal.AlreadyExists(request.nexus() + " is there", "list").exception();
        }
        for (Held other : held(node).values()) {
            if (!other.state().name().equals(request.name())) continue;
            throw new Refusal.AlreadyExists(
                            request.name() + " is there as " + other.state().uuid(), "list")
                    .exception();
        }
        request.children().forEach(this::open);
        Unheard unheardOf = unheard(request);
        if (unheardOf == Unheard.LOST) throw noAnswer(node);
        var state = new NexusState(
                request.nexus(),
                request.name(),
                node,
                request.size(),
                NexusStatus.ONLINE,
                request.children().stream()
                        .map(uri -> new ChildState(uri, ChildStatus.ONLINE, ChildReason.NONE, null, null))
                        .toList(),
                "",
                0,
                AnaState.OPTIMIZED,
                List.of());
        save(node, new Held(state, request.infoKey()), false);
        if (unheardOf == Unheard.CARRIED_OUT) throw noAnswer(node);
        return state;
    }

    private void open(String uri) {
        ReplicaId replica = ReplicaId.behind(uri).orElseThrow();
        NodeId home = replicas.get(replica);
        if (home == null || !isOnline(home) || unopenable.contains(replica)) {
            throw new Refusal.Invalid("cannot open " + uri, "wait").exception();
        }
    }

    private @Nullable Unheard unheard(CreateNexus request) {
        return request.children().stream()
                .map(uri -> unheard.get(ReplicaId.behind(uri).orElseThrow()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static RuntimeException noAnswer(NodeId node) {
        return new Refusal.TimedOut(node + " did not answer in time", "ask it").exception();
    }

    /// Which copies are whole was written before; only that it ended well is new.
    private @Nullable Object destroy(NodeId node, NexusId nexus) {
        Held held = present(node, nexus);
        NexusInfo last = JsonDocument.NEXUS_INFO.decode(
                keyspace.get(held.infoKey()).orElseThrow().value());
        put(held.infoKey(), JsonDocument.NEXUS_INFO.encode(new NexusInfo(true, last.children())));
        held(node).remove(nexus);
        changed(node);
        whenDestroyed.run();
        return null;
    }

    private Held present(NodeId node, NexusId nexus) {
        Held held = held(node).get(nexus);
        if (held == null) throw new Refusal.NotFound("no nexus " + nexus + " on " + node, "list").exception();
        return held;
    }

    private NexusState share(NodeId node, NexusId nexus, String uri, List<String> hosts) {
        NexusState was = present(node, nexus).state();
        var state = new NexusState(
                was.uuid(), was.name(), node, was.size(), was.status(), was.children(), uri, 0, was.ana(), hosts);
        return save(node, new Held(state, present(node, nexus).infoKey()), false);
    }

    private NexusState addChild(NodeId node, NexusId nexus, String uri) {
        Held held = present(node, nexus);
        var children = new ArrayList<>(held.state().children());
        if (children.stream().anyMatch(child -> child.uri().equals(uri))) {
            throw new Refusal.AlreadyExists(uri + " is a child", "list").exception();
        }
        open(uri);
        children.add(new ChildState(uri, ChildStatus.DEGRADED, ChildReason.OUT_OF_SYNC, 0, null));
        return save(node, new Held(with(held.state(), children), held.infoKey()), false);
    }

    private NexusState removeChild(NodeId node, NexusId nexus, String uri) {
        Held held = present(node, nexus);
        List<ChildState> left = held.state().children().stream()
                .filter(child -> !child.uri().equals(uri))
                .toList();
        if (left.stream().noneMatch(ChildState::healthy)) {
            throw new Refusal.FailedPrecondition(uri + " is the last healthy child", "wait").exception();
        }
        return save(node, new Held(with(held.state(), left), held.infoKey()), false);
    }

    private NexusState shutDown(NodeId node, NexusId nexus) {
        Held held = present(node, nexus);
        return save(node, new Held(shutDown(held.state()), held.infoKey()), true);
    }

    private static NexusState shutDown(NexusState was) {
        return new NexusState(
                was.uuid(),
                was.name(),
                was.node(),
                was.size(),
                NexusStatus.SHUTDOWN,
                was.children(),
                "",
                0,
                was.ana(),
                List.of());
    }

    private static NexusState with(NexusState was, List<ChildState> children) {
        boolean whole = children.stream().allMatch(ChildState::healthy);
        boolean some = children.stream().anyMatch(ChildState::healthy);
        return new NexusState(
                was.uuid(),
                was.name(),
                was.node(),
                was.size(),
                whole ? NexusStatus.ONLINE : some ? NexusStatus.DEGRADED : NexusStatus.FAULTED,
                children,
                was.deviceUri(),
                0,
                was.ana(),
                was.hosts());
    }

    private NexusState save(NodeId node, Held held, boolean clean) {
        held(node).put(held.state().uuid(), held);
        write(held, clean);
        changed(node);
        return held.state();
    }

    private void write(Held held, boolean clean) {
        put(
                held.infoKey(),
                JsonDocument.NEXUS_INFO.encode(new NexusInfo(
                        clean,
                        held.state().children().stream()
                                .map(child -> new NexusInfo.Child(
                                        ReplicaId.behind(child.uri()).orElseThrow(), child.healthy()))
                                .toList())));
    }

    Registry registry() {
        return (Registry) Proxy.newProxyInstance(
                Registry.class.getClassLoader(),
                new Class<?>[] {Registry.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "refresh" -> changed((NodeId) arguments[0]);
                    case "observe" -> new Following();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private synchronized Cursor changed(NodeId node) {
        var at = new Cursor("one", ++tellings);
        Map<Fact.Id, Fact> now = facts(node);
        var news = new ArrayList<News>();
        now.forEach((id, fact) -> {
            if (!fact.equals(told.put(id, fact))) news.add(new News.Seen(fact));
        });
        told.keySet().removeIf(id -> {
            // Of a node that is away nothing is told but that.
            boolean gone = isOnline(node) && id.node().equals(node) && !now.containsKey(id);
            if (gone) news.add(new News.Gone(id));
            return gone;
        });
        feeds.forEach(feed -> feed.tell(new Observation(at, news, false, false)));
        return at;
    }

    private Map<Fact.Id, Fact> facts(NodeId node) {
        boolean here = isOnline(node);
        var facts = new TreeMap<Fact.Id, Fact>();
        var own = new Fact.Node(new NodeState(
                node,
                "127.0.0.1:1",
                here ? NodeStatus.ONLINE : NodeStatus.OFFLINE,
                null,
                null,
                "life " + lives.get(node)));
        facts.put(own.id(), own);
        if (!here) return facts;
        replicas.forEach((replica, home) -> {
            if (!home.equals(node)) return;
            var fact = new Fact.Replica(replicaState(replica, node));
            facts.put(fact.id(), fact);
        });
        held(node).values().forEach(held -> {
            var fact = new Fact.Nexus(held.state());
            facts.put(fact.id(), fact);
        });
        return facts;
    }

    private static ReplicaSpec replicaSpec(int number) {
        return new ReplicaSpec(
                replica(number),
                node(number),
                new PoolId("pool-" + node(number)),
                Bytes.mib(64),
                false,
                ShareProtocol.NVMF,
                List.of(),
                true,
                ReplicaOwners.NONE,
                ReplicaKind.REGULAR,
                SpecStatus.CREATED,
                null);
    }

    private static ReplicaState replicaState(ReplicaId replica, NodeId node) {
        return new ReplicaState(
                replica,
                replica.toString(),
                node,
                new PoolId("pool-" + node),
                new PoolUuid(new UUID(1, 1)),
                Bytes.mib(64),
                false,
                ShareProtocol.NVMF,
                "nvmf+tcp://" + node + "/" + replica + "?uuid=" + replica,
                List.of(),
                new ReplicaSpace(Bytes.mib(64), Bytes.mib(64), Bytes.mib(4), 16, 16),
                ReplicaKind.REGULAR,
                ReplicaStatus.ONLINE);
    }

    private final class Following implements Feed<Observation> {
        private final BlockingQueue<Observation> facts = new LinkedBlockingQueue<>();

        Following() {
            synchronized (FakeNodes.this) {
                var all = told.values().stream().<News>map(News.Seen::new).toList();
                tell(new Observation(new Cursor("one", ++tellings), all, true, true));
                feeds.add(this);
            }
        }

        void tell(Observation fact) {
            facts.add(fact);
        }

        @Override
        public Observation next() throws InterruptedException {
            Observation next = facts.take();
            if (feeds.contains(this)) return next;
            throw new Refusal.Unavailable("the feed is closed", "open another").exception();
        }

        @Override
        public void close() {
            feeds.remove(this);
            tell(new Observation(Cursor.START, List.of(), false, false));
        }
    }

    @Override
    public void close() {
        keyspace.close();
        store.close();
    }
}
