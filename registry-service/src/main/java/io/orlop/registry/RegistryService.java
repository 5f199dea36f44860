package io.orlop.registry;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.owner.Knowledge;
import io.orlop.control.owner.Owner;
import io.orlop.control.table.Table;
import io.orlop.model.BlockDevice;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NodeSpec;
import io.orlop.model.NodeState;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Registration;
import io.orlop.wire.service.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Owner owner;
    private final Agents agents;
    private final Table<NodeId, NodeSpec> nodes;
    private final NodeBook book;

    private volatile @Nullable Term term;

    /// @param leadership of the registry, not started; it is ours from now on
    /// @param agents reached where [#endpoint(NodeId)] says
    public RegistryService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Leadership leadership,
            RegistrySettings settings,
            Agents agents,
            LoopObserver observer) {
        this.agents = agents;
        this.nodes = Table.open(ambient, keyspace, layout.nodes(), NodeId::new, JsonDocument.NODE);
        this.owner = new Owner(
                ambient,
                "registry",
                keyspace,
                leadership,
                Knowledge.of(List.of(nodes)),
                LoopSettings.named("registry"),
                observer);
        this.book = new NodeBook(nodes, owner.writer(), owner.guards());
        nodes.listen(this::changed);
        owner.duty(fence -> {
            var opened = new Term(fence.key() + "@" + fence.createRevision(), ambient, agents, settings).start(known());
            term = opened;
            return () -> {
                term = null;
                opened.close();
            };
        });
    }

    private List<NodeId> known() {
        var ids = new ArrayList<NodeId>();
        nodes.ids().forEachRemaining(ids::add);
        return ids;
    }

    public RegistryService start() {
        owner.start();
        return this;
    }

    public Owner owner() {
        return owner;
    }

    /// As others may call it: only the copy that leads answers.
    public Registry door() {
        return owner.door(Registry.class, this);
    }

    /// The same for nodes that register.
    public Registration registrationDoor() {
        return owner.door(Registration.class, this);
    }

    @Override
    public void close() {
        owner.close();
        nodes.close();
    }

    @Override
    public void register(NodeRegistration node) {
        Term current = term();
        current.registered(node);
        book.record(node);
    }

    @Override
    public boolean stillHere(NodeRegistration node) {
        return book.knows(node) && term().stillHere(node);
    }

    @Override
    public void deregister(NodeId node) {
        term().deregistered(node);
    }

    @Override
    public Page<Node> nodes(@Nullable NodeId after, int most) {
        Term current = term();
        return Page.of(nodes.after(after).map(spec -> node(current, spec)), most);
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
        if (current.latest(node).filter(NodeState::online).isEmpty()) {
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
        return new Node(spec.id(), spec, term.latest(spec.id()).orElse(null));
    }

    /// The door has let the call in, and the office may have been lost since.
    private Term term() {
        Term current = term;
        if (current != null) return current;
        throw new Refusal.NotLeader("this copy of the registry does not lead any more", "ask the leader", null)
                .exception();
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
}
