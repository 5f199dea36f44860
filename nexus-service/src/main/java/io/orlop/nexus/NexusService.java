package io.orlop.nexus;

import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.leadership.Office;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.observed.ObservedCluster;
import io.orlop.control.table.Codec;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Table;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.ambient.Ambient;
import io.orlop.nexus.target.TargetDecision;
import io.orlop.nexus.target.TargetPolicy;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.service.CreateNexusSpec;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.TargetChoice;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The service, built from its ports: nothing here knows what it runs in.
///
/// ```
///   Nexuses ──► NexusCreation, NexusChanges, NexusDeletion ──┬──► NexusBook ──► keyspace
///                        ▲                                   └──► Hands     ──► agents
///   watches, timers ──► NexusReconciler, InfoSweep ◄── Landscape ◄── what is observed
/// ```
public final class NexusService implements Nexuses, AutoCloseable {
    private final Leadership leadership;
    private final List<Table<?, ?>> tables;
    private final List<ReconcileLoop<?>> loops;
    private final Table<NodeId, NodeSpec> nodes;
    private final NexusBook book;
    private final Landscape landscape;
    private final Hands hands;
    private final NexusCreation creation;
    private final NexusChanges changes;
    private final NexusDeletion deletion;
    final NexusReconciler reconciler;
    final InfoSweep infoSweep;

    /// @param cluster what the nodes report; stays the caller's
    /// @param leadership not started yet: [#start()] does it
    /// @param period how often everything that looks amiss is looked at, woken or not
    public NexusService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Agents agents,
            ObservedCluster cluster,
            Leadership leadership,
            Duration period,
            LoopObserver observer) {
        this.leadership = leadership;
        var nexuses = Table.open(ambient, keyspace, layout.nexuses(), NexusId::of, Codec.of(JsonDocument.NEXUS));
        var volumes = Table.open(ambient, keyspace, layout.volumes(), VolumeId::of, Codec.of(JsonDocument.VOLUME));
        var infoTable = Table.<NexusInfoKey, NexusInfo>open(
                ambient, keyspace, layout.nexusInfos(), NexusInfoKey::of, Codec.of(JsonDocument.NEXUS_INFO));
        this.nodes = Table.open(ambient, keyspace, layout.nodes(), NodeId::new, Codec.of(JsonDocument.NODE));
        this.tables = List.of(nexuses, volumes, infoTable, nodes);

        var guards = new Guards(ambient);
        var writer = new FencedWriter(keyspace, leadership::fence);
        var infos = new NexusInfos(keyspace, layout.nexusInfos());
        this.book = new NexusBook(nexuses, writer);
        this.landscape = new Landscape(cluster, nodes, nexuses);
        this.hands = new Hands(agents);
        this.creation = new NexusCreation(guards, book, infos, hands);
        this.changes = new NexusChanges(guards, book, hands);
        this.deletion = new NexusDeletion(guards, book, hands);
        this.reconciler = new NexusReconciler(
                guards,
                book,
                landscape,
                creation,
                changes,
                deletion,
                new NexusMending(book, infos, hands, landscape, creation),
                new StrayNexuses(keyspace, layout.nexuses(), infos, landscape, hands));
        this.infoSweep = new InfoSweep(
                ambient,
                period.multipliedBy(3),
                keyspace,
                layout.volumes(),
                layout.nexuses(),
                infoTable,
                book,
                landscape,
                writer);

        var mending = new ReconcileLoop<>(
                ambient,
                LoopSettings.named("nexuses").every(period),
                reconciler,
                reconciler::dirty,
                keyspace::online,
                observer);
        var sweeping = new ReconcileLoop<>(
                ambient,
                LoopSettings.named("nexus infos").every(period),
                infoSweep,
                infoSweep::dirty,
                keyspace::online,
                observer);
        this.loops = List.of(mending, sweeping);
        nexuses.listen(nexus -> {
            mending.wake(nexus);
            if (nexuses.get(nexus).isEmpty()) wakeInfos(infoTable, sweeping, nexus);
        });
        infoTable.listen(sweeping::wake);
        volumes.listen(volume -> wakeInfos(infoTable, sweeping, volume));
        // Any node may hold what a nexus elsewhere waits for.
        cluster.listen(_ -> {
            if (nexuses.isLoaded()) reconciler.dirty().forEach(mending::wake);
        });
        Office.of(ambient, leadership, tables, loops);
    }

    private static void wakeInfos(
            Table<NexusInfoKey, NexusInfo> infos, ReconcileLoop<NexusInfoKey> loop, VolumeId volume) {
        for (NexusInfoKey key : infos.all().keySet()) if (key.volume().equals(volume)) loop.wake(key);
    }

    private static void wakeInfos(
            Table<NexusInfoKey, NexusInfo> infos, ReconcileLoop<NexusInfoKey> loop, NexusId nexus) {
        for (NexusInfoKey key : infos.all().keySet()) if (key.nexus().equals(nexus)) loop.wake(key);
    }

    public NexusService start() {
        loops.forEach(ReconcileLoop::start);
        leadership.start();
        return this;
    }

    /// Whether it has read what is in the store.
    public boolean isReady() {
        return tables.stream().allMatch(Table::isLoaded);
    }

    @Override
    public void close() {
        loops.forEach(ReconcileLoop::close);
        leadership.close();
        tables.forEach(Table::close);
    }

    @Override
    public Page<Nexus> nexuses(@Nullable NexusId after, int most) {
        return Page.of(
                all().stream().filter(nexus -> after == null || nexus.uuid().compareTo(after) > 0), most);
    }

    private Collection<Nexus> all() {
        Map<NexusId, NexusState> seen = new TreeMap<>();
        landscape.states().forEach(state -> seen.put(state.uuid(), state));
        var all = new TreeMap<NexusId, Nexus>();
        for (NexusSpec spec : book.all()) {
            NexusState state = seen.remove(spec.uuid());
            if (spec.status() != SpecStatus.DELETING) all.put(spec.uuid(), new Nexus(spec.uuid(), spec, state));
        }
        seen.forEach((id, state) -> all.put(id, new Nexus(id, null, state)));
        return all.values();
    }

    @Override
    public Nexus nexus(NexusId nexus) {
        return new Nexus(
                nexus, book.present(nexus).value(), landscape.state(nexus).orElse(null));
    }

    @Override
    public NodeId chooseTarget(TargetChoice choice) {
        NodeId required = choice.required();
        if (required != null && nodes.get(required).isEmpty()) {
            throw new Refusal.NotFound("there is no node " + required, "list the nodes to see which there are")
                    .exception();
        }
        return switch (TargetPolicy.decide(choice, landscape.targets())) {
            case TargetDecision.Chosen(NodeId node) -> node;
            case TargetDecision.Refused refused -> throw refused.refusal().exception();
        };
    }

    @Override
    public Nexus createNexus(CreateNexusSpec request) {
        return creation.create(request);
    }

    @Override
    public void destroyNexus(NexusId nexus, @Nullable VolumeId owner) {
        deletion.destroy(nexus, owner);
    }

    @Override
    public Nexus publish(NexusId nexus, List<String> hosts) {
        return changes.change(nexus, new NexusOperation.Publish(hosts));
    }

    @Override
    public Nexus unpublish(NexusId nexus) {
        return changes.change(nexus, new NexusOperation.Unpublish());
    }

    @Override
    public Nexus addChild(NexusId nexus, NexusChild child) {
        return changes.change(nexus, new NexusOperation.AddChild(child));
    }

    @Override
    public Nexus removeChild(NexusId nexus, String uri) {
        return changes.change(nexus, new NexusOperation.RemoveChild(uri));
    }

    @Override
    public Nexus shutdown(NexusId nexus) {
        return changes.change(nexus, new NexusOperation.Shutdown());
    }

    @Override
    public List<RebuildRecord> rebuildHistory(NexusId nexus) {
        return hands.of(book.present(nexus).value()).rebuildHistory(nexus);
    }
}
