package io.orlop.volume;

import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.model.AllowedHost;
import io.orlop.model.AnaState;
import io.orlop.model.Bytes;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
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
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.Ambient;
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
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// Nodes with replicas and nexuses, as the other services would leave them, and a store that all see.
final class FakeCluster implements AutoCloseable {
    static final Bytes DISK = Bytes.gib(1);

    final Ambient ambient;
    final LocalStore store;
    final Keyspace keyspace;
    final Map<NodeId, Boolean> nodes = new TreeMap<>();
    final Map<ReplicaId, ReplicaSpec> replicas = new TreeMap<>();
    final Map<NexusId, NexusSpec> nexuses = new TreeMap<>();
    private final Map<NexusId, Map<String, ChildStatus>> children = new TreeMap<>();
    private final Map<NodeId, Bytes> used = new TreeMap<>();
    private final List<Following> feeds = new CopyOnWriteArrayList<>();
    private final Map<Fact.Id, Fact> told = new TreeMap<>();
    private boolean incomplete;
    private long tellings;

    /// Which nodes were asked for, in this order.
    final List<NodeId> asked = new CopyOnWriteArrayList<>();
    /// Called before a node is asked, by whoever asks; may refuse, or keep him waiting.
    volatile Consumer<NodeId> whenAsked = _ -> {};

    FakeCluster(int count) {
        this(count, Ambient.system());
    }

    FakeCluster(int count, Ambient ambient) {
        this.ambient = ambient;
        this.store = new LocalStore(ambient);
        this.keyspace = new LocalKeyspace(store, ambient);
        for (int i = 1; i <= count; i++) {
            var node = new NodeId("node-" + i);
            nodes.put(node, true);
            cordon(node);
            changed(node);
        }
    }

    void cordon(NodeId node, String... labels) {
        put(
                Layout.DEFAULT.nodes() + node,
                JsonDocument.NODE.encode(
                        new NodeSpec(node, "127.0.0.1:1", Map.of(), List.of(labels), "nqn.test:" + node, null)));
    }

    static NodeId node(int number) {
        return new NodeId("node-" + number);
    }

    /// In which the volume changed last; 0 without one.
    long revision(VolumeId volume) {
        return keyspace.get(Layout.DEFAULT.volumes() + volume)
                .map(KeyValue::modRevision)
                .orElse(0L);
    }

    void put(String key, byte[] value) {
        keyspace.commit(Transaction.of().put(key, value).build());
    }

    void delete(String key) {
        keyspace.commit(Transaction.of().delete(key).build());
    }

    synchronized void save(ReplicaSpec replica) {
        replicas.put(replica.uuid(), replica);
        put(Layout.DEFAULT.replicas() + replica.uuid(), JsonDocument.REPLICA.encode(replica));
        changed(replica.node());
    }

    synchronized void drop(ReplicaSpec replica) {
        replicas.remove(replica.uuid());
        delete(Layout.DEFAULT.replicas() + replica.uuid());
        changed(replica.node());
    }

    synchronized void save(NexusSpec nexus, Map<String, ChildStatus> seen) {
        nexuses.put(nexus.uuid(), nexus);
        children.put(nexus.uuid(), new TreeMap<>(seen));
        put(Layout.DEFAULT.nexuses() + nexus.uuid(), JsonDocument.NEXUS.encode(nexus));
        writeInfo(nexus, false);
        changed(nexus.node());
    }

    synchronized void drop(NexusSpec nexus) {
        if (online(nexus.node())) writeInfo(nexus, true);
        nexuses.remove(nexus.uuid());
        children.remove(nexus.uuid());
        delete(Layout.DEFAULT.nexuses() + nexus.uuid());
        changed(nexus.node());
    }

    synchronized Map<String, ChildStatus> childrenOf(NexusId nexus) {
        return new TreeMap<>(children.getOrDefault(nexus, Map.of()));
    }

    Optional<NexusInfo> info(VolumeSpec volume) {
        return Optional.ofNullable(volume.lastNexus())
                .flatMap(nexus -> keyspace.get(Layout.DEFAULT.nexusInfos() + NexusInfoKey.of(volume.uuid(), nexus)))
                .map(found -> JsonDocument.NEXUS_INFO.decode(found.value()));
    }

    Optional<NexusInfo> info(NexusInfoKey key) {
        return keyspace.get(Layout.DEFAULT.nexusInfos() + key)
                .map(found -> JsonDocument.NEXUS_INFO.decode(found.value()));
    }

    private void writeInfo(NexusSpec nexus, boolean clean) {
        var info = new NexusInfo(
                clean,
                childrenOf(nexus.uuid()).entrySet().stream()
                        .map(child -> new NexusInfo.Child(
                                ReplicaId.behind(child.getKey()).orElseThrow(), child.getValue() == ChildStatus.ONLINE))
                        .toList());
        put(
                Layout.DEFAULT.nexusInfos() + NexusInfoKey.of(nexus.owner(), nexus.uuid()),
                JsonDocument.NEXUS_INFO.encode(info));
    }

    /// Power off: nexuses elsewhere lose their children here.
    synchronized void stop(NodeId node) {
        nodes.put(node, false);
        for (NexusSpec nexus : nexuses.values()) {
            if (!online(nexus.node())) continue;
            Map<String, ChildStatus> seen = childrenOf(nexus.uuid());
            for (NexusChild child : nexus.children()) {
                ReplicaId replica = ReplicaId.behind(child.uri()).orElseThrow();
                ReplicaSpec spec = replicas.get(replica);
                boolean last = seen.values().stream()
                                .filter(ChildStatus.ONLINE::equals)
                                .count()
                        == 1;
                if (spec != null && spec.node().equals(node) && !last) seen.put(child.uri(), ChildStatus.FAULTED);
            }
            save(nexus, seen);
        }
        changed(node);
    }

    synchronized void start(NodeId node) {
        nodes.put(node, true);
        changed(node);
    }

    /// Every rebuild that is under way ends well.
    synchronized void rebuilt() {
        for (NexusSpec nexus : List.copyOf(nexuses.values())) {
            if (!online(nexus.node())) continue;
            Map<String, ChildStatus> seen = childrenOf(nexus.uuid());
            if (!seen.containsValue(ChildStatus.DEGRADED)) continue;
            seen.replaceAll((_, status) -> status == ChildStatus.DEGRADED ? ChildStatus.ONLINE : status);
            save(nexus, seen);
        }
    }

    synchronized boolean online(NodeId node) {
        return nodes.getOrDefault(node, false);
    }

    /// How much of a node's disk is taken by others.
    synchronized void use(NodeId node, Bytes taken) {
        used.put(node, taken);
        changed(node);
    }

    synchronized boolean hasRoom(NodeId node, Bytes size) {
        return pool(node).free().atLeast(size);
    }

    /// The rebuilds of a nexus get on.
    synchronized void rebuildsReach(NexusId nexus, int percent) {
        NexusState now = state(Objects.requireNonNull(nexuses.get(nexus)));
        tell(new Fact.Nexus(new NexusState(
                now.uuid(),
                now.name(),
                now.node(),
                now.size(),
                now.status(),
                now.children().stream()
                        .map(child -> child.rebuildPercent() == null
                                ? child
                                : new ChildState(child.uri(), child.status(), child.reason(), percent, null))
                        .toList(),
                now.deviceUri(),
                now.rebuilds(),
                now.ana(),
                now.hosts())));
    }

    private synchronized PoolState pool(NodeId node) {
        return new PoolState(
                new PoolId("pool-" + node),
                new PoolUuid(new UUID(1, 1)),
                node,
                List.of("/dev/disk"),
                PoolStatus.ONLINE,
                DISK,
                used.getOrDefault(node, Bytes.ZERO),
                used.getOrDefault(node, Bytes.ZERO),
                Bytes.mib(4));
    }

    private synchronized List<Fact> facts(NodeId node) {
        boolean online = online(node);
        var facts = new ArrayList<Fact>();
        facts.add(new Fact.Node(new NodeState(
                node,
                "127.0.0.1:1",
                online ? NodeStatus.ONLINE : NodeStatus.OFFLINE,
                "nqn.test:" + node,
                null,
                "one")));
        if (!online) return facts;
        facts.add(new Fact.Pool(pool(node)));
        replicas.values().stream()
                .filter(replica -> replica.node().equals(node))
                .forEach(replica -> facts.add(new Fact.Replica(state(replica))));
        nexuses.values().stream()
                .filter(nexus -> nexus.node().equals(node))
                .forEach(nexus -> facts.add(new Fact.Nexus(state(nexus))));
        return facts;
    }

    static ReplicaState state(ReplicaSpec spec) {
        String local = "bdev:///" + spec.uuid() + "?uuid=" + spec.uuid();
        String remote = "nvmf+tcp://" + spec.node() + ":8420/nqn:" + spec.uuid() + "?uuid=" + spec.uuid();
        return new ReplicaState(
                spec.uuid(),
                spec.name(),
                spec.node(),
                new PoolId("pool-" + spec.node()),
                new PoolUuid(new UUID(1, 1)),
                spec.size(),
                spec.thin(),
                spec.share(),
                switch (spec.share()) {
                    case NONE, ISCSI -> local;
                    case NVMF -> remote;
                },
                spec.hosts().stream().map(AllowedHost::nqn).toList(),
                new ReplicaSpace(spec.size(), spec.size(), Bytes.mib(4), 16, 16),
                ReplicaKind.REGULAR,
                ReplicaStatus.ONLINE);
    }

    NexusState state(NexusSpec spec) {
        var seen = new ArrayList<ChildState>();
        childrenOf(spec.uuid())
                .forEach((uri, status) -> seen.add(new ChildState(
                        uri,
                        status,
                        switch (status) {
                            case ONLINE -> ChildReason.NONE;
                            case DEGRADED -> ChildReason.OUT_OF_SYNC;
                            case FAULTED, UNKNOWN -> ChildReason.IO_FAILURE;
                        },
                        status == ChildStatus.DEGRADED ? 10 : null,
                        null)));
        long healthy = seen.stream().filter(ChildState::healthy).count();
        NexusStatus status =
                healthy == 0 ? NexusStatus.FAULTED : healthy == seen.size() ? NexusStatus.ONLINE : NexusStatus.DEGRADED;
        return new NexusState(
                spec.uuid(),
                spec.name(),
                spec.node(),
                spec.size(),
                status,
                seen,
                switch (spec.share()) {
                    case NONE, ISCSI -> "";
                    case NVMF -> "nvmf+tcp://" + spec.node() + ":8420/nqn:" + spec.name();
                },
                0,
                AnaState.OPTIMIZED,
                spec.hosts());
    }

    /// Whoever follows is told of every change. Who asks for a node is told once everything that it has is told.
    Registry registry() {
        return (Registry) Proxy.newProxyInstance(
                Registry.class.getClassLoader(),
                new Class<?>[] {Registry.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "refresh" -> ask((NodeId) Objects.requireNonNull(arguments)[0]);
                    case "observe" -> new Following();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private Cursor ask(NodeId node) {
        asked.add(node);
        whenAsked.accept(node);
        if (!online(node)) throw new Refusal.FailedPrecondition(node + " is not online", "wait").exception();
        return changed(node);
    }

    /// Whoever begins to follow from now on is told of nothing.
    synchronized void hold() {
        incomplete = true;
    }

    /// They are told of everything.
    synchronized void release() {
        incomplete = false;
        feeds.forEach(Following::tellAll);
    }

    private synchronized Cursor changed(NodeId node) {
        List<Fact> facts = facts(node);
        var news = new ArrayList<News>();
        boolean came = !facts.getFirst().equals(told.get(facts.getFirst().id()));
        for (Fact fact : facts) {
            boolean known = fact.equals(told.put(fact.id(), fact));
            // Who began to listen while the node was away knows nothing of what is on it.
            if (came || !known) news.add(new News.Seen(fact));
        }
        if (online(node)) {
            List<Fact.Id> here = facts.stream().map(Fact::id).toList();
            List<Fact.Id> gone = told.keySet().stream()
                    .filter(id -> id.node().equals(node) && !here.contains(id))
                    .toList();
            gone.forEach(id -> {
                told.remove(id);
                news.add(new News.Gone(id));
            });
        }
        return tell(news);
    }

    /// Whoever follows has heard of no replica of this node, until it is asked.
    synchronized void unheard(NodeId node) {
        List<Fact.Id> replicasHere = told.keySet().stream()
                .filter(id -> id.node().equals(node) && told.get(id) instanceof Fact.Replica)
                .toList();
        replicasHere.forEach(told::remove);
        tell(replicasHere.stream().<News>map(News.Gone::new).toList());
    }

    synchronized Cursor tell(Fact fact) {
        told.put(fact.id(), fact);
        return tell(List.of(new News.Seen(fact)));
    }

    private Cursor tell(List<News> news) {
        var at = new Cursor("one", ++tellings);
        if (!incomplete) feeds.forEach(feed -> feed.tell(new Observation(at, news, false, false)));
        return at;
    }

    private final class Following implements Feed<Observation> {
        private final BlockingQueue<Observation> pieces = new LinkedBlockingQueue<>();

        Following() {
            synchronized (FakeCluster.this) {
                if (!incomplete) tellAll();
                feeds.add(this);
            }
        }

        void tellAll() {
            List<News> news = nodes.keySet().stream()
                    .flatMap(node -> facts(node).stream())
                    .<News>map(News.Seen::new)
                    .toList();
            tell(new Observation(new Cursor("one", ++tellings), news, true, true));
        }

        void tell(Observation piece) {
            pieces.add(piece);
        }

        @Override
        public Observation next() throws InterruptedException {
            Observation next = pieces.take();
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
