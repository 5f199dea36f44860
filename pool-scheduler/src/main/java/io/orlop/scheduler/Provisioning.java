package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.ambient.Ambient;
import io.orlop.scheduler.placement.Candidate;
import io.orlop.scheduler.placement.Placement;
import io.orlop.scheduler.placement.PlacementPolicy;
import io.orlop.scheduler.placement.PlacementRequest;
import io.orlop.wire.service.Provision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Sees to it that a volume owns as many replicas as it should.
///
/// ```
///   owned and counting ──► enough? ── yes ──► all created? ──► done
///            ▲               │ no                 │ no
///            │               ▼                    ▼
///            │          place, promise (1 txn) ► create on the nodes, all at once ► keep (1 txn)
///            │               │ no pools           │ some failed: give them up (1 txn), avoid their pools
///            │               ▼                    │
///            │          undo what was made here   │
///            └────────────────────────────────────┘
/// ```
final class Provisioning {
    private static final int ROUNDS = 32;
    /// How many nodes are asked whether something was freed, and how long they are waited for.
    private static final int ASKED_MOST = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Ambient ambient;
    private final Guards guards;
    private final ClusterView view;
    private final ReplicaBook book;
    private final ReplicaHands hands;
    private final ReplicaDeletion deletion;
    private final Reservations reservations;
    private final PlacementPolicy policy;
    private final Surveyor surveyor;

    Provisioning(
            Ambient ambient,
            Guards guards,
            ClusterView view,
            ReplicaBook book,
            ReplicaHands hands,
            ReplicaDeletion deletion,
            Reservations reservations,
            PlacementPolicy policy,
            Surveyor surveyor) {
        this.ambient = ambient;
        this.guards = guards;
        this.view = view;
        this.book = book;
        this.hands = hands;
        this.deletion = deletion;
        this.reservations = reservations;
        this.policy = policy;
        this.surveyor = surveyor;
    }

    List<Replica> provision(Provision request) {
        try (Guard _ = guards.acquire(Guarded.of(request.volume()))) {
            return new Run(request).complete();
        }
    }

    private final class Run {
        private final Provision request;
        private final Map<PoolId, String> failed = new TreeMap<>();
        private final Map<ReplicaId, ReplicaState> made = new TreeMap<>();
        private final TreeSet<ReplicaId> promised = new TreeSet<>();
        private boolean askedAgain;

        Run(Provision request) {
            this.request = request;
        }

        List<Replica> complete() {
            try {
                for (int round = 0; anotherRound(); round++) {
                    if (round < ROUNDS) continue;
                    throw new Refusal.Aborted(
                                    "volume %s found no pools that stayed as they were".formatted(request.volume()),
                                    "try again")
                            .exception();
                }
            } catch (RefusalException refused) {
                undo();
                throw refused;
            }
            List<ReplicaSpec> owned = owned();
            return owned.stream()
                    .map(spec -> new Replica(spec.uuid(), spec, state(spec)))
                    .toList();
        }

        /// Ends it, or leaves one pool less to try.
        private boolean anotherRound() {
            List<ReplicaSpec> owned = owned();
            List<ReplicaId> begun = owned.stream()
                    .filter(replica -> replica.status() == SpecStatus.CREATING)
                    .map(ReplicaSpec::uuid)
                    .toList();
            if (!begun.isEmpty()) {
                try (Guard _ = guards.acquireAll(guarded(begun))) {
                    create(begun);
                }
                return true;
            }
            if (owned.size() >= request.count()) return false;
            try (Reservations.Hold hold = reservations.hold(() -> place(owned));
                    // Taken before anybody can know of them.
                    Guard _ = guards.acquireAll(guarded(hold.ids()))) {
                if (promise(hold)) create(hold.ids());
            } catch (NoRoom none) {
                // Something may have been freed since the nodes were asked.
                List<NodeId> full = none.full();
                if (askedAgain || full.isEmpty()) throw none.refused.refusal().exception();
                askedAgain = true;
                view.seen().refresh(full, PATIENCE);
            }
            return true;
        }

        /// @return whether it is written; it is not if one of the pools has just changed
        private boolean promise(Reservations.Hold hold) {
            promised.addAll(hold.ids());
            try {
                book.promise(hold.replicas());
                return true;
            } catch (RefusalException refused) {
                if (refused.refusal() instanceof Refusal.Conflict) return false;
                throw refused;
            }
        }

        private void create(List<ReplicaId> replicas) {
            var created = new ArrayList<ReplicaId>();
            var givenUp = new ArrayList<ReplicaId>();
            attempt(replicas).forEach((id, attempt) -> {
                switch (attempt) {
                    case Attempt.Done<ReplicaState>(ReplicaState state) -> {
                        made.put(id, state);
                        created.add(id);
                    }
                    case Attempt.Refused<ReplicaState>(Refusal said) -> {
                        fail(id, said);
                        givenUp.add(id);
                    }
                    case Attempt.Unclear<ReplicaState>(Refusal said) -> {
                        deletion.mayStillBeCreated(id);
                        fail(id, said);
                        givenUp.add(id);
                    }
                }
            });
            book.write(created, SpecStatus.CREATED);
            book.write(givenUp, SpecStatus.DELETING);
            for (ReplicaId id : givenUp) deletion.finish(id);
        }

        private Map<ReplicaId, Attempt<ReplicaState>> attempt(List<ReplicaId> replicas) {
            List<ReplicaSpec> specs = replicas.stream()
                    .flatMap(id -> book.find(id).stream())
                    .map(found -> found.value())
                    .filter(spec -> spec.status() == SpecStatus.CREATING)
                    .toList();
            return Together.all(ambient, specs, ReplicaSpec::uuid, hands::create);
        }

        private void fail(ReplicaId id, Refusal said) {
            book.find(id).ifPresent(found -> failed.put(found.value().pool(), said.problem()));
        }

        private List<ReplicaSpec> place(List<ReplicaSpec> owned) {
            var placement = policy.place(
                    new PlacementRequest(
                            "volume " + request.volume(),
                            request.count() - owned.size(),
                            request.count(),
                            request.shape(),
                            owned.stream().map(surveyor::site).toList(),
                            avoided(),
                            failed),
                    surveyor.candidates(request.affinityVolumes()));
            return switch (placement) {
                case Placement.Placed(var pools) ->
                    pools.stream().map(this::replica).toList();
                case Placement.Refused refused -> throw new NoRoom(refused);
            };
        }

        private List<NodeId> avoided() {
            var avoided = new ArrayList<>(request.avoid());
            for (ReplicaId givenUp : request.notCounting()) {
                book.find(givenUp).ifPresent(found -> avoided.add(found.value().node()));
            }
            return avoided;
        }

        private ReplicaSpec replica(Candidate pool) {
            return new ReplicaSpec(
                    newId(),
                    pool.node(),
                    pool.pool(),
                    request.shape().size(),
                    request.shape().thin(),
                    ShareProtocol.NONE,
                    List.of(),
                    true,
                    ReplicaOwners.of(request.volume()),
                    ReplicaKind.REGULAR,
                    SpecStatus.CREATING,
                    null);
        }

        private ReplicaId newId() {
            long high = ambient.random().nextLong() & ~0xf000L | 0x4000L;
            long low = ambient.random().nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
            return new ReplicaId(new UUID(high, low));
        }

        private List<ReplicaSpec> owned() {
            return view.replicasByVolume().of(request.volume()).stream()
                    .filter(replica -> ReplicaBook.visible(replica)
                            && !request.notCounting().contains(replica.uuid()))
                    .toList();
        }

        /// What its node answered a moment ago, or is seen to report.
        private @Nullable ReplicaState state(ReplicaSpec spec) {
            ReplicaState answered = made.get(spec.uuid());
            return answered == null ? view.state(spec).orElse(null) : answered;
        }

        /// Nothing of what this request made is left; what a node does not let go of now, a reconciler takes.
        private void undo() {
            List<ReplicaId> present = promised.stream()
                    .filter(id -> book.find(id)
                            .map(found -> ReplicaBook.visible(found.value()))
                            .orElse(false))
                    .toList();
            if (present.isEmpty()) return;
            try (Guard _ = guards.acquireAll(guarded(present))) {
                book.write(present, SpecStatus.DELETING);
                Together.all(ambient, present, id -> id, deletion::finish);
            } catch (RefusalException _) {
                // The store is away or another leads: whoever leads next finds promises without a volume.
            }
        }
    }

    private static List<Guarded> guarded(List<ReplicaId> replicas) {
        return replicas.stream().map(Guarded::of).toList();
    }

    /// Out of the lock of the reservations, to be looked at once more.
    private static final class NoRoom extends RuntimeException {
        private final transient Placement.Refused refused;

        NoRoom(Placement.Refused refused) {
            super("no room", null, false, false);
            this.refused = refused;
        }

        /// The nodes of the pools that lack nothing but room: no more than are worth the wait.
        List<NodeId> full() {
            return refused.full().stream()
                    .map(Candidate::node)
                    .distinct()
                    .limit(ASKED_MOST)
                    .toList();
        }
    }
}
