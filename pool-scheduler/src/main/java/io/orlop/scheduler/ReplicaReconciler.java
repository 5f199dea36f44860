package io.orlop.scheduler;

import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.loop.Scope;
import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.Pending;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaOperation;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.wire.service.Mandate;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Given a replica whose creation was begun, when nobody is at it, then it is created, or withdrawn where its node
/// refuses.
/// Given one whose end is promised, when its node is online, then it is destroyed.
/// Given one that is shared otherwise than promised, then it is shared as promised.
/// Given one that is shared with a node that comes from other addresses by now, then it is shared with those.
/// Given one whose volume is gone from the store, then it is an orphan and is destroyed.
final class ReplicaReconciler implements Reconciler<ReplicaId>, Scope<ReplicaId> {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Guards guards;
    private final ClusterView view;
    private final ReplicaBook book;
    private final ReplicaHands hands;
    private final ReplicaDeletion deletion;
    private final ReplicaSharing sharing;
    private final Origins origins;

    ReplicaReconciler(
            Guards guards,
            ClusterView view,
            ReplicaBook book,
            ReplicaHands hands,
            ReplicaDeletion deletion,
            ReplicaSharing sharing,
            Origins origins) {
        this.guards = guards;
        this.view = view;
        this.book = book;
        this.hands = hands;
        this.deletion = deletion;
        this.sharing = sharing;
        this.origins = origins;
    }

    @Override
    public Iterator<ReplicaId> ids() {
        return view.replicas().ids();
    }

    @Override
    public boolean amiss(ReplicaId id) {
        return view.replicas().value(id).filter(this::amiss).isPresent();
    }

    private boolean amiss(ReplicaSpec replica) {
        return replica.dirty()
                || orphanedFrom(replica) != null
                || origins.outdated(replica)
                || view.state(replica)
                        .flatMap(state -> ReplicaHands.drift(replica, state))
                        .isPresent();
    }

    @Override
    public Outcome reconcile(ReplicaId id) {
        // Looked at before the guard is taken, so that nobody waits for a look at what is well.
        if (!amiss(id)) return Outcome.settled();
        return guards.reconcile(Guarded.of(id), () -> {
            Optional<Stored<ReplicaSpec>> found = book.find(id);
            return found.isEmpty() ? Outcome.settled() : reconcile(found.get());
        });
    }

    private Outcome reconcile(Stored<ReplicaSpec> found) {
        ReplicaSpec replica = found.value();
        VolumeId gone = orphanedFrom(replica);
        if (gone != null) {
            book.end(found, Mandate.ofAll(gone, 0));
            return deletion.finish(replica.uuid());
        }
        return switch (replica.status()) {
            case CREATING -> create(replica);
            case DELETING, DELETED -> deletion.finish(replica.uuid());
            case CREATED -> share(found);
        };
    }

    private Outcome create(ReplicaSpec replica) {
        if (view.seen().away(replica.node())) return Outcome.blocked("node " + replica.node() + " is not online");
        return switch (hands.create(replica)) {
            case Attempt.Done<ReplicaState> done -> {
                book.write(List.of(replica.uuid()), SpecStatus.CREATED);
                yield Outcome.settled();
            }
            case Attempt.Refused<ReplicaState>(Refusal said) -> deletion.withdraw(replica, said);
            case Attempt.Unclear<ReplicaState> unclear -> Outcome.again(SOON);
        };
    }

    private Outcome share(Stored<ReplicaSpec> found) {
        ReplicaSpec replica = found.value();
        Pending<ReplicaOperation> pending = replica.operation();
        if (pending != null) return outcome(replica, sharing.finish(found, pending.operation()));
        if (origins.outdated(replica)) {
            if (view.seen().away(replica.node())) return Outcome.blocked("node " + replica.node() + " is not online");
            var again = new ReplicaOperation.Share(origins.rebound(replica));
            book.replace(found, replica.promising(again));
            return outcome(replica, sharing.finish(book.present(replica.uuid()), again));
        }
        Optional<ReplicaOperation> drift = view.state(replica).flatMap(state -> ReplicaHands.drift(replica, state));
        if (drift.isEmpty()) return Outcome.settled();
        return outcome(replica, hands.carryOut(replica, drift.get()));
    }

    private static Outcome outcome(ReplicaSpec replica, Attempt<ReplicaState> attempt) {
        return switch (attempt) {
            case Attempt.Done<ReplicaState> done -> Outcome.settled();
            case Attempt.Refused<ReplicaState>(Refusal said) ->
                Outcome.blocked("node %s refuses: %s".formatted(replica.node(), said.text()));
            case Attempt.Unclear<ReplicaState> unclear -> Outcome.again(SOON);
        };
    }

    /// The volume that should own it and is not there. What is seen here may be old: the store has the last word when
    /// the end is promised.
    private @Nullable VolumeId orphanedFrom(ReplicaSpec replica) {
        VolumeId volume = replica.owners().volume();
        return volume != null
                        && ReplicaBook.visible(replica)
                        && view.volumes().isLoaded()
                        && view.volumes().get(volume).isEmpty()
                ? volume
                : null;
    }
}
