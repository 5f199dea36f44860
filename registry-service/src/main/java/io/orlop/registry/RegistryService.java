package io.orlop.registry;

import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.StoreUnavailableException;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.leadership.LeadershipListener;
import io.orlop.control.loop.BackOff;
import io.orlop.control.table.Codec;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Table;
import io.orlop.model.BlockDevice;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NodeSpec;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Registration;
import io.orlop.wire.service.Registry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Who is here: nodes register, are looked after while this copy leads, and what they report is streamed to whoever
/// wants to know. The composition root of the service.
///
/// ```
///   agents ── register ──► NodeBook ──► /nodes/{id}
///      ▲          │
///      │          ▼
///      └─ ask ─ Attendant (one per node) ──► ObservationLog ──► feeds
/// ```
public final class RegistryService implements Registration, Registry, AutoCloseable {
    private static final BackOff PATIENCE = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(2));

    private final Ambient ambient;
    private final Leadership leadership;
    private final RegistrySettings settings;
    private final Agents agents;
    private final Table<NodeId, NodeSpec> nodes;
    private final NodeBook book;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Term term;

    /// @param leadership of the registry, not started; it is ours from now on
    /// @param agents reached where [#endpoint(NodeId)] says
    public RegistryService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Leadership leadership,
            RegistrySettings settings,
            Agents agents) {
        this.ambient = ambient;
        this.leadership = leadership;
        this.settings = settings;
        this.agents = agents;
        this.nodes = Table.open(ambient, keyspace, layout.nodes(), NodeId::new, codec());
        this.book = new NodeBook(nodes, new FencedWriter(keyspace, leadership::fence), new Guards(ambient));
        nodes.listen(this::changed);
        leadership.listen(new Reign());
    }

    public RegistryService start() {
        leadership.start();
        return this;
    }

    /// Whether this copy answers.
    public boolean isLeading() {
        return term != null && leadership.isLeading();
    }

    @Override
    public void close() {
        leadership.close();
        endTerm();
        nodes.close();
    }

    @Override
    public void register(NodeRegistration node) {
        Term current = term();
        current.registered(node);
        book.record(node);
    }

    @Override
    public void deregister(NodeId node) {
        term().deregistered(node);
    }

    @Override
    public Page<Node> nodes(@Nullable NodeId after, int most) {
        Term current = term();
        var all = new TreeMap<NodeId, NodeSpec>();
        for (NodeSpec spec : book.all()) all.put(spec.id(), spec);
        var rest = after == null ? all : all.tailMap(after, false);
        return Page.of(rest.values().stream().map(spec -> node(current, spec)), most);
    }

    @Override
    public Node node(NodeId node) {
        return node(term(), book.spec(node));
    }

    @Override
    public Node cordon(NodeId node, String label) {
        Term current = term();
        book.cordon(node, label);
        return node(current, book.spec(node));
    }

    @Override
    public Node uncordon(NodeId node, String label) {
        Term current = term();
        book.uncordon(node, label);
        return node(current, book.spec(node));
    }

    @Override
    public Node label(NodeId node, Map<String, String> labels, boolean overwrite) {
        Term current = term();
        book.label(node, labels, overwrite);
        return node(current, book.spec(node));
    }

    @Override
    public Node unlabel(NodeId node, String key) {
        Term current = term();
        book.unlabel(node, key);
        return node(current, book.spec(node));
    }

    @Override
    public List<BlockDevice> blockDevices(NodeId node, boolean all) {
        Term current = term();
        book.spec(node);
        if (current.latest(node).filter(seen -> seen.node().online()).isEmpty()) {
            throw new Refusal.FailedPrecondition("node " + node + " is not online", "start its agent").exception();
        }
        return agents.at(node).blockDevices(all);
    }

    @Override
    public Observation.Cursor refresh(NodeId node) {
        Term current = term();
        book.spec(node);
        return current.refresh(node);
    }

    @Override
    public Feed<Observation> observe(Observation.Cursor from) {
        return term().observe(from);
    }

    private static Node node(Term term, NodeSpec spec) {
        return new Node(
                spec.id(),
                spec,
                term.latest(spec.id()).map(NodeObservation::node).orElse(null));
    }

    private Term term() {
        Term current = term;
        if (current == null || !leadership.isLeading()) {
            throw new Refusal.Unavailable(
                            "this copy of the registry does not lead",
                            "ask " + leadership.leader().orElse("the leader once there is one"))
                    .exception();
        }
        return current;
    }

    /// Where the node's agent serves its API, as far as the node has said so.
    public Optional<String> endpoint(NodeId node) {
        Term current = term;
        return Optional.ofNullable(current)
                .flatMap(standing -> standing.endpoint(node))
                .or(() -> nodes.value(node).map(NodeSpec::grpcEndpoint));
    }

    private void changed(NodeId node) {
        Term current = term;
        if (current != null && nodes.get(node).isEmpty()) current.forget(node);
    }

    /// Whoever lost the office while it was being taken found no term to end.
    private void begin(Fence fence, Term opened) {
        lock.lock();
        try {
            boolean stillOurs = leadership.fence().filter(fence::equals).isPresent();
            Term ended = stillOurs ? term : opened;
            if (stillOurs) term = opened;
            if (ended != null) ended.close();
        } finally {
            lock.unlock();
        }
    }

    private void endTerm() {
        lock.lock();
        try {
            Term ended = term;
            term = null;
            if (ended != null) ended.close();
        } finally {
            lock.unlock();
        }
    }

    private static Codec<NodeSpec> codec() {
        return new Codec<>() {
            @Override
            public byte[] encode(NodeSpec value) {
                return JsonDocument.NODE.encode(value);
            }

            @Override
            public NodeSpec decode(byte[] bytes) {
                return JsonDocument.NODE.decode(bytes);
            }

            @Override
            public byte[] rewrite(byte[] previous, NodeSpec value) {
                return JsonDocument.NODE.rewrite(previous, value);
            }
        };
    }

    /// Opens a term when this copy begins to lead and ends it when it ends.
    private final class Reign implements LeadershipListener {
        @Override
        public void acquired(Fence fence) {
            ambient.start("taking office " + fence.key(), () -> takeOffice(fence));
        }

        @Override
        public void lost(String why) {
            endTerm();
        }

        private void takeOffice(Fence fence) {
            int failures = 0;
            try {
                while (leadership.fence().filter(fence::equals).isPresent()) {
                    try {
                        nodes.refresh();
                        var opened = new Term(fence.key() + "@" + fence.createRevision(), ambient, agents, settings)
                                .start(nodes.all().keySet());
                        begin(fence, opened);
                        return;
                    } catch (StoreUnavailableException _) {
                        ambient.sleep(PATIENCE.after(++failures, ambient.random()));
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
