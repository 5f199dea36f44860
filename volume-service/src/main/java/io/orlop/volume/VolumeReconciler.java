package io.orlop.volume;

import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.loop.Scope;
import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.Pending;
import io.orlop.model.Publication;
import io.orlop.model.Publication.Published;
import io.orlop.model.RefusalException;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeOperation.Abandon;
import io.orlop.model.VolumeOperation.Publish;
import io.orlop.model.VolumeOperation.Replace;
import io.orlop.model.VolumeOperation.SetReplicas;
import io.orlop.model.VolumeOperation.Unpublish;
import io.orlop.model.VolumeSpec;
import io.orlop.volume.copies.Copies;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Finishes what was promised of volumes and not done, and mends what was lost since.
final class VolumeReconciler implements Reconciler<VolumeId>, Scope<VolumeId> {
    /// How long nodes are waited for before something is decided that rests on what they say.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Guards guards;
    private final Keyspace keyspace;
    private final ClusterView view;
    private final VolumeBook book;
    private final Copies copies;
    private final VolumeCreation creation;
    private final VolumeDeletion deletion;
    private final VolumePublication publication;
    private final ReplicaCount replicaCount;
    private final Healing healing;

    VolumeReconciler(
            Guards guards,
            Keyspace keyspace,
            ClusterView view,
            VolumeBook book,
            Copies copies,
            VolumeCreation creation,
            VolumeDeletion deletion,
            VolumePublication publication,
            ReplicaCount replicaCount,
            Healing healing) {
        this.guards = guards;
        this.keyspace = keyspace;
        this.view = view;
        this.book = book;
        this.copies = copies;
        this.creation = creation;
        this.deletion = deletion;
        this.publication = publication;
        this.replicaCount = replicaCount;
        this.healing = healing;
    }

    /// Volumes, and those that are gone and left something behind, which may come twice. Concatenated and not
    /// flattened, which would copy.
    @Override
    public Iterator<VolumeId> ids() {
        Stream<VolumeId> owners = Stream.concat(
                stream(view.replicasByVolume().groups()),
                stream(view.nexusesByVolume().groups()));
        Stream<VolumeId> gone = owners.filter(owner -> book.find(owner).isEmpty());
        return Stream.concat(stream(view.volumes().ids()), gone).iterator();
    }

    private static Stream<VolumeId> stream(Iterator<VolumeId> ids) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(ids, 0), false);
    }

    @Override
    public boolean amiss(VolumeId volume) {
        Optional<Stored<VolumeSpec>> present = book.find(volume);
        return present.isPresent() ? !well(present.get().value()) : leftSomething(volume);
    }

    private boolean leftSomething(VolumeId volume) {
        return !view.replicasOf(volume).isEmpty()
                || deletion.nexuses(volume).findAny().isPresent();
    }

    @Override
    public Outcome reconcile(VolumeId volume) {
        // Looked at before the guard is taken, so that nobody waits for a look at what is well; and so are the nodes
        // asked whose answers something rests on.
        if (!amiss(volume)) {
            healing.isWell(volume);
            return Outcome.settled();
        }
        boolean fresh = book.find(volume)
                .map(Stored::value)
                .filter(this::restsOnNodes)
                .map(this::askNodes)
                .orElse(false);
        return guards.reconcile(Guarded.of(volume), () -> {
            Optional<Stored<VolumeSpec>> present = book.find(volume);
            if (present.isPresent()) return reconcile(present.get(), fresh);
            clearLeftovers(volume);
            return Outcome.settled();
        });
    }

    /// Whether what is to be done for it rests on how its copies are at this moment.
    private boolean restsOnNodes(VolumeSpec volume) {
        if (volume.status() != SpecStatus.CREATED) return false;
        Pending<VolumeOperation> pending = volume.operation();
        if (pending != null) {
            return switch (pending.operation()) {
                case SetReplicas(int _, var retire) -> retire != null;
                case Publish _, Replace _ -> true;
                case Abandon _, Unpublish _ -> false;
            };
        }
        return healing.wantsToAct(volume);
    }

    /// @return whether every node of the volume that is online has answered just now
    boolean askNodes(VolumeSpec volume) {
        return ask(copies.nodes(volume));
    }

    /// @return whether every one of these nodes that is online has answered just now
    boolean ask(List<NodeId> nodes) {
        return view.seen().refresh(nodes, PATIENCE);
    }

    private Outcome reconcile(Stored<VolumeSpec> present, boolean fresh) {
        return switch (present.value().status()) {
            case CREATING -> {
                creation.resume(present);
                yield Outcome.settled();
            }
            case CREATED -> {
                Stored<VolumeSpec> settled = settle(present, fresh);
                clearStrayNexuses(settled.value());
                yield healing.heal(settled, fresh);
            }
            case DELETING, DELETED -> {
                deletion.resume(present);
                yield Outcome.settled();
            }
        };
    }

    /// Finishes the pending operation, whoever promised it. The guard is taken.
    ///
    /// @param fresh whether every node of the volume that is online has answered just now
    Stored<VolumeSpec> settle(Stored<VolumeSpec> present, boolean fresh) {
        Pending<VolumeOperation> pending = present.value().operation();
        if (pending == null) return present;
        try {
            return settle(present, pending.operation(), fresh);
        } catch (RefusalException refused) {
            // The promise could not be kept and was taken back: that, too, is settled.
            return book.find(present.value().uuid())
                    .filter(now -> now.value().operation() == null)
                    .orElseThrow(() -> refused);
        }
    }

    private Stored<VolumeSpec> settle(Stored<VolumeSpec> present, VolumeOperation pending, boolean fresh) {
        return switch (pending) {
            case Publish publish ->
                view.seen().online(publish.target().node())
                        ? publication.finish(present, publish, fresh).volume()
                        : publication.abandon(present, publish.target());
            case Abandon(Published target) -> publication.finishAbandon(present, target);
            case Unpublish() ->
                switch (present.value().publication()) {
                    case Published current -> publication.finishUnpublish(present, current);
                    case Publication.Unpublished() ->
                        book.replace(present, present.value().withoutOperation());
                };
            case SetReplicas set -> replicaCount.finish(present, set, fresh);
            case Replace replace -> healing.finishReplacement(present, replace, fresh);
        };
    }

    private boolean well(VolumeSpec volume) {
        return !volume.dirty()
                && !healing.ails(volume)
                && deletion.nexuses(volume.uuid()).allMatch(nexus -> serves(volume, nexus));
    }

    private void clearStrayNexuses(VolumeSpec volume) {
        deletion.clearNexuses(volume.uuid(), nexus -> !serves(volume, nexus));
    }

    private static boolean serves(VolumeSpec volume, NexusId nexus) {
        return volume.publication() instanceof Published published
                && published.nexus().equals(nexus);
    }

    /// Replicas and nexuses of a volume that nobody knows any more: a call that was given up may have made them late.
    private void clearLeftovers(VolumeId volume) {
        if (keyspace.get(view.volumes().key(volume)).isEmpty()) deletion.clearAfter(volume);
    }
}
