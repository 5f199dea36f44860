package io.orlop.volume;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
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
import io.orlop.control.table.Stored;
import io.orlop.control.table.Table;
import io.orlop.model.AffinityGroupId;
import io.orlop.model.AffinityGroupSpec;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.Publication;
import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.Ambient;
import io.orlop.volume.copies.Census;
import io.orlop.volume.copies.VolumeStates;
import io.orlop.volume.healing.Histories;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.NumberedPage;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.Volumes;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The service, built from its ports: nothing here knows what it runs in.
///
/// ```
///   Volumes ──► VolumeCreation, VolumePublication, ReplicaCount, VolumeDeletion ──┬──► VolumeBook ──► keyspace
///                     ▲                                                           ├──► Treatment  ──► pools, nexuses
///   watches, timers ──► VolumeReconciler ──► Healing ─────────────────────────────┘
///                                               └──► Census ◄── what was promised, and what is observed
/// ```
public final class VolumeService implements Volumes, AutoCloseable {
    private final Leadership leadership;
    private final List<Table<?, ?>> tables;
    private final ReconcileLoop<VolumeId> loop;
    private final Guards guards;
    private final CreateLimit createLimit;
    private final VolumeBook book;
    private final Census census;
    private final Table<ReplicaId, ReplicaSpec> replicas;
    private final Table<NexusId, NexusSpec> nexusSpecs;
    private final Nexuses nexuses;
    private final VolumeCreation creation;
    private final VolumeDeletion deletion;
    private final VolumePublication publication;
    private final ReplicaCount replicaCount;
    private final Healing healing;
    private final Walks walks = new Walks();
    final VolumeReconciler reconciler;

    /// @param cluster what the nodes report; stays the caller's
    /// @param leadership not started yet: [#start()] does it
    public VolumeService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Pools pools,
            Nexuses nexuses,
            ObservedCluster cluster,
            Leadership leadership,
            VolumeSettings settings,
            LoopObserver observer) {
        this.leadership = leadership;
        this.nexuses = nexuses;
        var volumes = Table.open(ambient, keyspace, layout.volumes(), VolumeId::of, Codec.of(JsonDocument.VOLUME));
        var groups = Table.<AffinityGroupId, AffinityGroupSpec>open(
                ambient,
                keyspace,
                layout.affinityGroups(),
                AffinityGroupId::new,
                Codec.of(JsonDocument.AFFINITY_GROUP));
        var infos = Table.<NexusInfoKey, NexusInfo>open(
                ambient, keyspace, layout.nexusInfos(), NexusInfoKey::of, Codec.of(JsonDocument.NEXUS_INFO));
        var nodes = Table.<NodeId, NodeSpec>open(
                ambient, keyspace, layout.nodes(), NodeId::new, Codec.of(JsonDocument.NODE));
        this.replicas = Table.open(ambient, keyspace, layout.replicas(), ReplicaId::of, Codec.of(JsonDocument.REPLICA));
        this.nexusSpecs = Table.open(ambient, keyspace, layout.nexuses(), NexusId::of, Codec.of(JsonDocument.NEXUS));
        this.tables = List.of(volumes, groups, infos, nodes, replicas, nexusSpecs);

        this.guards = new Guards(ambient);
        this.createLimit = new CreateLimit(ambient, settings.creations(), settings.creationWait());
        this.book = new VolumeBook(volumes, groups, infos, new FencedWriter(keyspace, leadership::fence));
        this.census = new Census(ambient, replicas, infos, cluster);
        var treatment = new Treatment(pools, nexuses, book, census, nodes);
        this.deletion = new VolumeDeletion(book, census, nexusSpecs, pools, nexuses);
        this.creation = new VolumeCreation(book, treatment, deletion);
        this.publication = new VolumePublication(ambient, book, census, treatment, nexuses, nodes);
        this.replicaCount = new ReplicaCount(book, census, treatment);
        this.healing = new Healing(census, treatment, new Histories(ambient, settings.faultedChildWait()));
        this.reconciler = new VolumeReconciler(
                guards,
                keyspace,
                layout.volumes(),
                book,
                census,
                creation,
                deletion,
                publication,
                replicaCount,
                healing);
        this.loop = new ReconcileLoop<>(
                ambient,
                LoopSettings.named("volumes").every(settings.period()),
                reconciler,
                this::dirty,
                keyspace::online,
                observer);
        volumes.listen(loop::wake);
        replicas.listen(replica -> replicas.value(replica).ifPresent(this::wakeOwner));
        nexusSpecs.listen(nexus -> nexusSpecs.value(nexus).ifPresent(this::wakeOwner));
        cluster.listen(this::wakeDependents);
        Office.of(ambient, leadership, tables, List.of(loop));
    }

    public VolumeService start() {
        loop.start();
        leadership.start();
        return this;
    }

    /// Whether it has read what is in the store.
    public boolean isReady() {
        return tables.stream().allMatch(Table::isLoaded);
    }

    @Override
    public void close() {
        loop.close();
        leadership.close();
        tables.forEach(Table::close);
    }

    /// Volumes that are not as promised, and those that are gone and left something behind.
    private Collection<VolumeId> dirty() {
        var dirty = new TreeSet<VolumeId>();
        for (ReplicaSpec replica : replicas.values())
            addOrphaned(dirty, replica.owners().volume());
        for (NexusSpec nexus : nexusSpecs.values()) addOrphaned(dirty, nexus.owner());
        for (VolumeSpec volume : book.all()) {
            if (volume.dirty() || healing.ails(volume)) dirty.add(volume.uuid());
        }
        return dirty;
    }

    private void addOrphaned(Collection<VolumeId> dirty, @Nullable VolumeId owner) {
        if (owner != null && book.find(owner).isEmpty()) dirty.add(owner);
    }

    private void wakeOwner(ReplicaSpec replica) {
        if (replica.owners().volume() != null) loop.wake(replica.owners().volume());
    }

    private void wakeOwner(NexusSpec nexus) {
        if (nexus.owner() != null) loop.wake(nexus.owner());
    }

    private void wakeDependents(NodeId node) {
        for (ReplicaSpec replica : replicas.values()) if (replica.node().equals(node)) wakeOwner(replica);
        for (NexusSpec nexus : nexusSpecs.values()) if (nexus.node().equals(node)) wakeOwner(nexus);
    }

    @Override
    public Page<Volume> volumes(@Nullable VolumeId after, int most) {
        return page(book.all(), after, most);
    }

    private Page<Volume> page(List<VolumeSpec> all, @Nullable VolumeId after, int most) {
        return Page.of(
                all.stream()
                        .filter(volume -> after == null || volume.uuid().compareTo(after) > 0)
                        .map(this::seen),
                most);
    }

    @Override
    public NumberedPage<Volume> numbered(int number, int most) {
        if (number < 0) {
            throw new Refusal.Invalid(
                            "no page starts at %d".formatted(number), "use zero, or the number the page before gave")
                    .exception();
        }
        List<VolumeSpec> all = book.all();
        if (number > 0 && walks.place(number).isEmpty() && number >= all.size()) {
            return new NumberedPage<>(List.of(), null);
        }
        VolumeId after = number == 0
                ? null
                : walks.place(number).orElseGet(() -> all.get(number - 1).uuid());
        Page<Volume> page = page(all, after, most);
        if (!page.more()) return new NumberedPage<>(page.entries(), null);
        VolumeId last = page.entries().getLast().spec().uuid();
        return new NumberedPage<>(
                page.entries(), walks.number(number + page.entries().size(), last));
    }

    @Override
    public Volume volume(VolumeId volume) {
        return seen(book.present(volume).value());
    }

    @Override
    public Volume create(CreateVolume request) {
        return createLimit.within(
                "volume " + request.volume(),
                () -> guarded(request.volume(), () -> refreshed(creation.create(request))));
    }

    @Override
    public void delete(VolumeId volume) {
        try (Guard _ = guards.acquire(Guarded.of(volume))) {
            Stored<VolumeSpec> present = reconciler.settle(book.present(volume));
            Refusal refusal = VolumeLifecycle.deletion(present.value());
            if (refusal != null) throw refusal.exception();
            List<NodeId> nodes = census.nodes(present.value());
            deletion.resume(deletion.promise(present));
            census.refresh(nodes);
        }
    }

    @Override
    public Volume publish(VolumeId volume, PublishVolume request) {
        return changed(volume, present -> {
            var served = publication.publish(present, request);
            Volume seen = refreshed(served.volume());
            return served.nexus() == null ? seen : seen(served.volume().value(), served.nexus());
        });
    }

    @Override
    public Volume unpublish(VolumeId volume, boolean force) {
        return changed(volume, present -> {
            if (!(present.value().publication() instanceof Publication.Published current)) {
                throw new Refusal.NotPublished("volume %s is not published".formatted(volume), "there is nothing to do")
                        .exception();
            }
            if (!force && !census.online(current.node())) {
                throw new Refusal.Unavailable(
                                "node %s, which serves volume %s, is not online".formatted(current.node(), volume),
                                "bring it back, or force it if no host uses the volume any more")
                        .exception();
            }
            return refreshed(publication.unpublish(present, current));
        });
    }

    @Override
    public Volume setReplicaCount(VolumeId volume, int count) {
        return changed(volume, present -> refreshed(replicaCount.set(present, count)));
    }

    @Override
    public Volume setMaxSnapshots(VolumeId volume, int most) {
        return changed(
                volume,
                present -> seen(book.replace(
                                present,
                                present.value()
                                        .withShape(present.value().shape().withMaxSnapshots(most)))
                        .value()));
    }

    @Override
    public List<RebuildRecord> rebuildHistory(VolumeId volume) {
        if (book.present(volume).value().publication() instanceof Publication.Published published) {
            return nexuses.rebuildHistory(published.nexus());
        }
        throw new Refusal.NotPublished(
                        "volume %s is not published, and history is the nexus's".formatted(volume), "publish it first")
                .exception();
    }

    private Volume changed(VolumeId volume, Function<Stored<VolumeSpec>, Volume> change) {
        return guarded(volume, () -> {
            Stored<VolumeSpec> present = book.present(volume);
            Refusal refusal = VolumeLifecycle.change(present.value());
            if (refusal != null) throw refusal.exception();
            return change.apply(reconciler.settle(present));
        });
    }

    private Volume guarded(VolumeId volume, Supplier<Volume> change) {
        try (Guard _ = guards.acquire(Guarded.of(volume))) {
            return change.get();
        }
    }

    /// After a change the nodes are asked, so that whoever looks next sees what was changed.
    private Volume refreshed(Stored<VolumeSpec> volume) {
        census.refresh(census.nodes(volume.value()));
        return seen(volume.value());
    }

    private Volume seen(VolumeSpec volume) {
        return seen(volume, census.target(volume));
    }

    private Volume seen(VolumeSpec volume, @Nullable NexusState target) {
        return new Volume(volume, VolumeStates.of(volume, census.copies(volume, target), target));
    }
}
