package io.orlop.volume;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.table.Stored;
import io.orlop.model.NexusId;
import io.orlop.model.Pending;
import io.orlop.model.Publication;
import io.orlop.model.Publication.Published;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeSpec;
import io.orlop.volume.copies.Census;
import java.time.Duration;
import java.util.Optional;

/// Finishes what was promised of volumes and not done, and mends what was lost since.
final class VolumeReconciler implements Reconciler<VolumeId> {
    private static final Duration GUARDED = Duration.ofMillis(200);

    private final Guards guards;
    private final Keyspace keyspace;
    private final String volumePrefix;
    private final VolumeBook book;
    private final Census census;
    private final VolumeCreation creation;
    private final VolumeDeletion deletion;
    private final VolumePublication publication;
    private final ReplicaCount replicaCount;
    private final Healing healing;

    VolumeReconciler(
            Guards guards,
            Keyspace keyspace,
            String volumePrefix,
            VolumeBook book,
            Census census,
            VolumeCreation creation,
            VolumeDeletion deletion,
            VolumePublication publication,
            ReplicaCount replicaCount,
            Healing healing) {
        this.guards = guards;
        this.keyspace = keyspace;
        this.volumePrefix = volumePrefix;
        this.book = book;
        this.census = census;
        this.creation = creation;
        this.deletion = deletion;
        this.publication = publication;
        this.replicaCount = replicaCount;
        this.healing = healing;
    }

    @Override
    public Outcome reconcile(VolumeId volume) {
        // Looked at before the guard is taken, so that nobody waits for a look at what is well.
        if (book.find(volume).filter(present -> well(present.value())).isPresent()) return Outcome.settled();
        Optional<Guard> guard = guards.tryAcquire(Guarded.of(volume));
        if (guard.isEmpty()) return Outcome.again(GUARDED);
        try (Guard _ = guard.get()) {
            Optional<Stored<VolumeSpec>> present = book.find(volume);
            if (present.isPresent()) return reconcile(present.get());
            clearLeftovers(volume);
            return Outcome.settled();
        }
    }

    private Outcome reconcile(Stored<VolumeSpec> present) {
        return switch (present.value().status()) {
            case CREATING -> {
                creation.resume(present);
                yield Outcome.settled();
            }
            case CREATED -> {
                Stored<VolumeSpec> settled = settle(present);
                clearStrayNexuses(settled.value());
                yield healing.heal(settled.value());
            }
            case DELETING, DELETED -> {
                deletion.resume(present);
                yield Outcome.settled();
            }
        };
    }

    /// Finishes the pending operation, whoever promised it. The guard is taken.
    Stored<VolumeSpec> settle(Stored<VolumeSpec> present) {
        Pending<VolumeOperation> pending = present.value().operation();
        if (pending == null) return present;
        try {
            return settle(present, pending.operation());
        } catch (RefusalException refused) {
            // The promise could not be kept and was taken back: that, too, is settled.
            return book.find(present.value().uuid())
                    .filter(now -> now.value().operation() == null)
                    .orElseThrow(() -> refused);
        }
    }

    private Stored<VolumeSpec> settle(Stored<VolumeSpec> present, VolumeOperation pending) {
        return switch (pending) {
            case VolumeOperation.Publish(Published target) ->
                census.online(target.node())
                        ? publication.finish(present, target).volume()
                        : publication.abandon(present, target);
            case VolumeOperation.Unpublish() ->
                switch (present.value().publication()) {
                    case Published current -> publication.finishUnpublish(present, current);
                    case Publication.Unpublished() ->
                        book.replace(present, present.value().withoutOperation());
                };
            case VolumeOperation.SetReplicas(int count) -> replicaCount.finish(present, count);
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
        if (keyspace.get(volumePrefix + volume).isEmpty()) deletion.clear(volume);
    }
}
