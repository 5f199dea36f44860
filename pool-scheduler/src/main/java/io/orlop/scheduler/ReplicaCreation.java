package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.AllowedHost;
import io.orlop.model.Differences;
import io.orlop.model.PoolSpec;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeShape;
import io.orlop.scheduler.placement.PlacementPolicy;
import io.orlop.scheduler.placement.PlacementRequest;
import io.orlop.wire.service.CreateReplicaSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes a replica by hand, in a pool of the caller's choice.
final class ReplicaCreation {
    private final Guards guards;
    private final ClusterView view;
    private final ReplicaBook book;
    private final ReplicaHands hands;
    private final ReplicaDeletion deletion;
    private final Reservations reservations;
    private final PlacementPolicy policy;
    private final Surveyor surveyor;
    private final Origins origins;

    ReplicaCreation(
            Guards guards,
            ClusterView view,
            ReplicaBook book,
            ReplicaHands hands,
            ReplicaDeletion deletion,
            Reservations reservations,
            PlacementPolicy policy,
            Surveyor surveyor,
            Origins origins) {
        this.guards = guards;
        this.view = view;
        this.book = book;
        this.hands = hands;
        this.deletion = deletion;
        this.reservations = reservations;
        this.policy = policy;
        this.surveyor = surveyor;
        this.origins = origins;
    }

    Replica create(CreateReplicaSpec request) {
        try (Guard _ = guards.acquire(Guarded.of(request.replica()))) {
            Stored<ReplicaSpec> present = book.find(request.replica()).orElse(null);
            if (present == null) {
                try (Reservations.Hold hold = reservations.hold(() -> List.of(place(request)))) {
                    book.promise(hold.replicas());
                }
            } else {
                Refusal refusal = creation(present.value(), request);
                if (refusal != null) throw refusal.exception();
            }
            return finish(book.present(request.replica()).value());
        }
    }

    private Replica finish(ReplicaSpec spec) {
        boolean wasThere = view.seen().replica(spec.uuid(), spec.node()).isPresent();
        return switch (hands.create(spec)) {
            case Attempt.Done<ReplicaState>(ReplicaState state) -> {
                book.write(List.of(spec.uuid()), SpecStatus.CREATED);
                yield new Replica(spec.uuid(), book.present(spec.uuid()).value(), state);
            }
            case Attempt.Refused<ReplicaState>(Refusal said) -> {
                deletion.withdraw(spec, said);
                throw said.exception();
            }
            case Attempt.Unclear<ReplicaState>(Refusal said) -> {
                giveUp(spec, wasThere);
                throw new Refusal.Aborted(
                                "replica %s could not be created: %s".formatted(spec.uuid(), said.problem()),
                                "try again when node %s answers, with another uuid".formatted(spec.node()))
                        .exception();
            }
        };
    }

    /// What was there before it was asked for is not destroyed because nobody answered.
    private void giveUp(ReplicaSpec spec, boolean wasThere) {
        if (wasThere) {
            book.remove(List.of(spec.uuid()));
            return;
        }
        deletion.mayStillBeCreated(spec.uuid());
        book.write(List.of(spec.uuid()), SpecStatus.DELETING);
    }

    private ReplicaSpec place(CreateReplicaSpec request) {
        PoolSpec pool = view.pools().value(request.pool()).orElseThrow(() -> new Refusal.NotFound(
                        "there is no pool " + request.pool(), "list the pools")
                .exception());
        String why = policy.refusalByHand(
                new PlacementRequest(
                        "replica " + request.replica(),
                        1,
                        1,
                        VolumeShape.of(request.size(), 1).withThin(request.thin()),
                        List.of(),
                        List.of(),
                        Map.of()),
                surveyor.candidate(pool));
        if (why != null) {
            throw new Refusal.OutOfCapacity(
                            "pool %s cannot hold replica %s of %s: %s"
                                    .formatted(pool.id(), request.replica(), request.size(), why),
                            "use another pool")
                    .exception();
        }
        return new ReplicaSpec(
                request.replica(),
                pool.node(),
                pool.id(),
                request.size(),
                request.thin(),
                request.share(),
                origins.bound(request.hosts()),
                false,
                ReplicaOwners.NONE,
                ReplicaKind.REGULAR,
                SpecStatus.CREATING,
                null);
    }

    private static @Nullable Refusal creation(ReplicaSpec present, CreateReplicaSpec wanted) {
        String differences = present.managed()
                ? "it belongs to a volume"
                : Differences.text(
                        new CreateReplicaSpec(
                                present.uuid(),
                                present.pool(),
                                present.size(),
                                present.thin(),
                                present.share(),
                                present.hosts().stream().map(AllowedHost::nqn).toList()),
                        wanted);
        return switch (present.status()) {
            case DELETING, DELETED ->
                new Refusal.Deleting("replica " + present.uuid() + " is being deleted", "use another uuid");
            case CREATING, CREATED ->
                !differences.isEmpty()
                        ? new Refusal.Differs(
                                "replica %s is there, of %s in pool %s, and is not what was asked for: %s"
                                        .formatted(present.uuid(), present.size(), present.pool(), differences),
                                "use another uuid, or ask for the same")
                        : present.status() == SpecStatus.CREATED
                                ? new Refusal.AlreadyExists("replica " + present.uuid() + " is there already", "use it")
                                : null;
        };
    }
}
