package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.loop.Outcome;
import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.service.Mandate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// Takes replicas away: promised, they are out of sight; destroyed, they are out of the pool; then the promise goes.
///
/// A creation that nobody answered may still happen after the destruction. So the promise to delete such a replica is
/// kept until that creation must have ended one way or the other, and the node is asked once more then.
final class ReplicaDeletion {
    private static final Duration SOON = Duration.ofSeconds(2);
    /// After this long a request that was not answered is not carried out any more.
    private static final Duration LINGERING = Duration.ofSeconds(20);

    private final Ambient ambient;
    private final Guards guards;
    private final ReplicaBook book;
    private final ReplicaHands hands;
    private final GivenUp givenUp;
    private final ClusterView view;
    private final Map<ReplicaId, Long> lingering = new ConcurrentSkipListMap<>();

    ReplicaDeletion(
            Ambient ambient, Guards guards, ReplicaBook book, ReplicaHands hands, GivenUp givenUp, ClusterView view) {
        this.ambient = ambient;
        this.guards = guards;
        this.book = book;
        this.hands = hands;
        this.givenUp = givenUp;
        this.view = view;
    }

    void delete(ReplicaId id, @Nullable Mandate mandate) {
        try (Guard _ = guards.acquire(Guarded.of(id))) {
            Stored<ReplicaSpec> found = book.find(id)
                    .orElseThrow(
                            () -> new Refusal.NotFound("there is no replica " + id, "list the replicas").exception());
            refuseUnlessOwned(found.value(), mandate == null ? null : mandate.volume());
            if (ReplicaBook.visible(found.value())) book.end(found, mandate);
            try {
                finish(id);
            } catch (RefusalException _) {
                // The promise is written: it is out of sight, and a reconciler finishes it.
            }
        }
    }

    /// To be told before the end of a replica is promised whose creation nobody answered.
    void mayStillBeCreated(ReplicaId replica) {
        givenUp.add(replica);
        lingering.put(replica, ambient.nanos() + LINGERING.toNanos());
    }

    /// The guard is taken, and its node refuses to make it.
    ///
    /// What a node has under an id that a person chose, or that differs from what was promised, was there
    /// before and is somebody else's: then the promise goes, and nothing else. Of an id that we chose, a former
    /// attempt may have left one.
    Outcome withdraw(ReplicaSpec replica, Refusal refused) {
        if (!replica.managed() || refused instanceof Refusal.Differs) {
            book.remove(List.of(replica.uuid()));
            return Outcome.settled();
        }
        book.write(List.of(replica.uuid()), SpecStatus.DELETING);
        return finish(replica.uuid());
    }

    /// The guard is taken, the end is promised.
    Outcome finish(ReplicaId id) {
        ReplicaSpec replica = book.find(id).map(Stored::value).orElse(null);
        if (replica == null) return Outcome.settled();
        if (view.seen().away(replica.node())) return Outcome.blocked("node " + replica.node() + " is not online");
        return switch (hands.destroy(replica)) {
            case Attempt.Done<ReplicaSpec> gone -> {
                Long until = lingering.get(id);
                if (until != null && ambient.nanos() - until < 0) {
                    yield Outcome.again(Duration.ofNanos(until - ambient.nanos()));
                }
                book.remove(List.of(id));
                lingering.remove(id);
                yield Outcome.settled();
            }
            case Attempt.Refused<ReplicaSpec>(Refusal said) ->
                Outcome.blocked("node %s keeps it: %s".formatted(replica.node(), said.text()));
            case Attempt.Unclear<ReplicaSpec> unclear -> Outcome.again(SOON);
        };
    }

    private static void refuseUnlessOwned(ReplicaSpec replica, @Nullable VolumeId owner) {
        VolumeId volume = replica.owners().volume();
        if (volume == null || volume.equals(owner)) return;
        throw new Refusal.InUse(
                        "replica %s belongs to volume %s".formatted(replica.uuid(), volume),
                        "lower the volume's replica count, or delete the volume")
                .exception();
    }
}
