package io.orlop.volume;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.NexusInfos;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.owner.Owner;
import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.Pending;
import io.orlop.model.Publication;
import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeStatus;
import io.orlop.model.ambient.Ambient;
import io.orlop.volume.copies.Copies;
import io.orlop.volume.copies.Copy;
import io.orlop.volume.copies.VolumeStates;
import io.orlop.volume.healing.Histories;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.NumberedPage;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.UnpublishVolume;
import io.orlop.wire.service.Volumes;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The service, built from its ports: nothing here knows what it runs in.
///
/// ```
///   Volumes ──► VolumeCreation, VolumePublication, ReplicaCount, VolumeDeletion ──┬──► VolumeBook ──► keyspace
///                     ▲                                                           ├──► Means ──► pools, nexuses
///   wakes, time ──► VolumeReconciler ──► Healing ──► Treatment ───────────────────┘
///                                           └──► Copies ◄── view: what was promised, and what is observed
/// ```
public final class VolumeService implements Volumes, AutoCloseable {
    private final Owner owner;
    private final ClusterView view;
    private final CreateLimit createLimit;
    private final VolumeBook book;
    private final Copies copies;
    private final Nexuses nexuses;
    private final VolumeCreation creation;
    private final VolumeDeletion deletion;
    private final VolumePublication publication;
    private final ReplicaCount replicaCount;
    private final Healing healing;
    private final Walks walks = new Walks();
    final ReconcileLoop<VolumeId> loop;
    final VolumeReconciler reconciler;

    /// @param view what is known of the cluster; stays the caller's
    /// @param leadership not started yet: [#start()] does it
    public VolumeService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Pools pools,
            Nexuses nexuses,
            ClusterView view,
            Leadership leadership,
            VolumeSettings settings,
            LoopObserver observer) {
        this.view = view;
        this.nexuses = nexuses;
        this.owner = new Owner(ambient, "volumes", keyspace, leadership, view, settings.pace(), observer);
        this.createLimit = new CreateLimit(ambient, settings.creations(), settings.creationWait());
        this.book = new VolumeBook(view, owner.writer());
        this.copies = new Copies(view, new NexusInfos(keyspace, layout));
        var means = new Means(pools, nexuses, view, owner::closed);
        var treatment = new Treatment(means, book, view.nodes());
        var histories = new Histories(ambient, settings.faultedChildWait());
        var seekers = new RoomSeekers();
        this.deletion = new VolumeDeletion(book, view, means);
        this.creation = new VolumeCreation(book, treatment, deletion);
        this.publication = new VolumePublication(ambient, book, copies, treatment, means, view);
        this.replicaCount = new ReplicaCount(book, copies, treatment);
        this.healing = new Healing(book, copies, treatment, histories, seekers);
        this.reconciler = new VolumeReconciler(
                owner.guards(), keyspace, view, book, copies, creation, deletion, publication, replicaCount, healing);
        this.loop = owner.loop("volumes", reconciler, reconciler);
        new Wakes(view, seekers, loop::look).listen();
        view.volumes().listen(volume -> {
            if (view.volumes().get(volume).isPresent()) return;
            histories.forget(volume);
            seekers.remove(volume);
        });
    }

    public VolumeService start() {
        owner.start();
        return this;
    }

    public Owner owner() {
        return owner;
    }

    /// As others may call it: only the copy that leads answers.
    public Volumes door() {
        return owner.door(Volumes.class, this);
    }

    @Override
    public void close() {
        owner.close();
    }

    @Override
    public Page<Volume> volumes(@Nullable VolumeId after, int most) {
        return Page.of(view.volumes().after(after).map(this::seen), most);
    }

    @Override
    public NumberedPage<Volume> numbered(int number, int most) {
        if (number < 0) {
            throw new Refusal.Invalid(
                            "no page starts at %d".formatted(number), "use zero, or the number the page before gave")
                    .exception();
        }
        Optional<VolumeId> after =
                number == 0 ? Optional.empty() : walks.place(number).or(() -> at(number - 1));
        if (number > 0 && after.isEmpty()) return new NumberedPage<>(List.of(), null);
        Page<Volume> page = volumes(after.orElse(null), most);
        if (!page.more()) return new NumberedPage<>(page.entries(), null);
        VolumeId last = page.entries().getLast().spec().uuid();
        return new NumberedPage<>(
                page.entries(), walks.number(number + page.entries().size(), last));
    }

    /// A number that nobody was given is an index, as upstream means it.
    private Optional<VolumeId> at(int index) {
        return view.volumes().values().skip(index).findFirst().map(VolumeSpec::uuid);
    }

    @Override
    public Volume volume(VolumeId volume) {
        return seen(book.present(volume).value());
    }

    @Override
    public Volume create(CreateVolume request) {
        return createLimit.within(
                "volume " + request.volume(),
                () -> guarded(
                        request.volume(), () -> seen(creation.create(request).value())));
    }

    @Override
    public void delete(VolumeId volume) {
        try (Guard _ = owner.guards().acquire(Guarded.of(volume))) {
            Stored<VolumeSpec> present = settled(book.present(volume), VolumeLifecycle::givesWayToTheEnd, false);
            Refusal refusal = VolumeLifecycle.deletion(present.value());
            if (refusal != null) throw refusal.exception();
            deletion.resume(deletion.promise(present));
        }
    }

    @Override
    public Volume publish(VolumeId volume, PublishVolume request) {
        Predicate<VolumeOperation> givesWay = request.republish() ? VolumeLifecycle::concernsCopies : _ -> false;
        return changed(volume, givesWay, askIfPending(volume), present -> {
            var served = publication.publish(present, request);
            VolumeSpec spec = served.volume().value();
            return served.nexus() == null ? seen(spec) : seen(spec, served.nexus());
        });
    }

    @Override
    public Volume unpublish(VolumeId volume, UnpublishVolume request) {
        if (!request.force()) requireAnswer(volume);
        return changed(
                volume,
                VolumeLifecycle::givesWayToTheEnd,
                false,
                present -> seen(publication.unpublish(present, request).value()));
    }

    /// A node that falls silent is known to be away some seconds later, and may serve its hosts meanwhile.
    private void requireAnswer(VolumeId volume) {
        NodeId node = publication.target(book.present(volume).value());
        if (node == null || reconciler.ask(List.of(node))) return;
        throw new Refusal.Unavailable(
                        "node %s, which serves volume %s, does not answer".formatted(node, volume),
                        "bring it back, or force it if no host uses the volume any more")
                .exception();
    }

    @Override
    public Volume setReplicaCount(VolumeId volume, int count) {
        boolean fresh = reconciler.askNodes(book.present(volume).value());
        return changed(
                volume,
                _ -> false,
                fresh,
                present -> seen(replicaCount.set(present, count, fresh).value()));
    }

    @Override
    public Volume setMaxSnapshots(VolumeId volume, int most) {
        return changed(
                volume,
                _ -> false,
                askIfPending(volume),
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

    /// An operation that nobody has finished may rest on what the nodes say: they are asked before the guard is taken.
    private boolean askIfPending(VolumeId volume) {
        VolumeSpec spec = book.present(volume).value();
        return spec.operation() != null && reconciler.askNodes(spec);
    }

    /// @param givesWay whether what is pending need not be finished first
    private Volume changed(
            VolumeId volume,
            Predicate<VolumeOperation> givesWay,
            boolean fresh,
            Function<Stored<VolumeSpec>, Volume> change) {
        return guarded(volume, () -> {
            Stored<VolumeSpec> present = book.present(volume);
            Refusal refusal = VolumeLifecycle.change(present.value());
            if (refusal != null) throw refusal.exception();
            return change.apply(settled(present, givesWay, fresh));
        });
    }

    private Stored<VolumeSpec> settled(Stored<VolumeSpec> present, Predicate<VolumeOperation> givesWay, boolean fresh) {
        Pending<VolumeOperation> pending = present.value().operation();
        return pending != null && givesWay.test(pending.operation()) ? present : reconciler.settle(present, fresh);
    }

    private Volume guarded(VolumeId volume, Supplier<Volume> change) {
        try (Guard _ = owner.guards().acquire(Guarded.of(volume))) {
            return change.get();
        }
    }

    private Volume seen(VolumeSpec volume) {
        return seen(volume, copies.target(volume));
    }

    private Volume seen(VolumeSpec volume, @Nullable NexusState target) {
        List<Copy> all = copies.of(volume, target);
        boolean online = VolumeStates.status(volume, all, target) == VolumeStatus.ONLINE;
        return new Volume(volume, VolumeStates.of(volume, all, target, online ? null : waitsFor(volume)));
    }

    private @Nullable String waitsFor(VolumeSpec volume) {
        String blocked = loop.blocked(volume.uuid());
        return blocked == null ? healing.waitsFor(volume) : blocked;
    }
}
