package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.table.Stored;
import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.Pending;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaOperation;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Given a replica whose creation was begun, when nobody is at it, then it is created, or withdrawn where its node
/// refuses.
/// Given one whose end is promised, when its node is online, then it is destroyed.
/// Given one that is shared otherwise than promised, then it is shared as promised.
/// Given one whose volume is gone from the store, then it is an orphan and is destroyed.
final class ReplicaReconciler implements Reconciler<ReplicaId> {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Guards guards;
    private final Tables tables;
    private final ReplicaBook book;
    private final ReplicaHands hands;
    private final ReplicaDeletion deletion;
    private final ReplicaSharing sharing;
    private final Sight sight;

    ReplicaReconciler(
            Guards guards,
            Tables tables,
            ReplicaBook book,
            ReplicaHands hands,
            ReplicaDeletion deletion,
            ReplicaSharing sharing,
            Sight sight) {
        this.guards = guards;
        this.tables = tables;
        this.book = book;
        this.hands = hands;
        this.deletion = deletion;
        this.sharing = sharing;
        this.sight = sight;
    }

    List<ReplicaId> dirty() {
        return amiss(tables.replicas().values(), sight.nodes().values());
    }

    List<ReplicaId> dirtyOn(NodeId node) {
        return amiss(
                tables.replicas().values().stream()
                        .filter(replica -> replica.node().equals(node))
                        .toList(),
                sight.node(node).stream().toList());
    }

    private List<ReplicaId> amiss(Collection<ReplicaSpec> replicas, Collection<NodeObservation> nodes) {
        var reported = new TreeMap<ReplicaId, ReplicaState>();
        for (NodeObservation node : nodes) {
            for (ReplicaState state : node.replicas()) reported.put(state.uuid(), state);
        }
        return replicas.stream()
                .filter(replica -> amiss(replica, Optional.ofNullable(reported.get(replica.uuid()))))
                .map(ReplicaSpec::uuid)
                .toList();
    }

    private boolean amiss(ReplicaSpec replica, Optional<ReplicaState> reported) {
        return replica.dirty()
                || orphanedFrom(replica) != null
                || reported.flatMap(state -> ReplicaHands.drift(replica, state)).isPresent();
    }

    @Override
    public Outcome reconcile(ReplicaId id) {
        // Looked at before the guard is taken, so that nobody waits for a look at what is well.
        if (tables.replicas()
                .value(id)
                .filter(one -> amiss(one, sight.replica(one)))
                .isEmpty()) {
            return Outcome.settled();
        }
        Optional<Guard> guard = guards.tryAcquire(Guarded.of(id));
        if (guard.isEmpty()) return Outcome.again(SOON);
        try (Guard _ = guard.get()) {
            Optional<Stored<ReplicaSpec>> found = book.find(id);
            return found.isEmpty() ? Outcome.settled() : reconcile(found.get());
        }
    }

    private Outcome reconcile(Stored<ReplicaSpec> found) {
        ReplicaSpec replica = found.value();
        VolumeId gone = orphanedFrom(replica);
        if (gone != null) {
            book.disown(found, gone);
            return deletion.finish(replica.uuid());
        }
        return switch (replica.status()) {
            case CREATING -> create(replica);
            case DELETING, DELETED -> deletion.finish(replica.uuid());
            case CREATED -> share(found);
        };
    }

    private Outcome create(ReplicaSpec replica) {
        if (sight.away(replica.node())) return Outcome.blocked("node " + replica.node() + " is not online");
        return switch (hands.create(replica)) {
            case Attempt.Done<ReplicaState> done -> {
                book.write(List.of(replica.uuid()), SpecStatus.CREATED);
                sight.refresh(replica.node());
                yield Outcome.settled();
            }
            case Attempt.Refused<ReplicaState> refused -> {
                book.write(List.of(replica.uuid()), SpecStatus.DELETING);
                yield deletion.finish(replica.uuid());
            }
            case Attempt.Unclear<ReplicaState> unclear -> Outcome.again(SOON);
        };
    }

    private Outcome share(Stored<ReplicaSpec> found) {
        ReplicaSpec replica = found.value();
        Pending<ReplicaOperation> pending = replica.operation();
        if (pending != null) return outcome(replica, sharing.finish(found, pending.operation()));
        Optional<ReplicaOperation> drift = sight.replica(replica).flatMap(state -> ReplicaHands.drift(replica, state));
        if (drift.isEmpty()) return Outcome.settled();
        Attempt<ReplicaState> attempt = hands.carryOut(replica, drift.get());
        if (attempt instanceof Attempt.Done<ReplicaState>) sight.refresh(replica.node());
        return outcome(replica, attempt);
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
                        && tables.volumes().isLoaded()
                        && tables.volumes().get(volume).isEmpty()
                ? volume
                : null;
    }
}
