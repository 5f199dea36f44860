package io.orlop.scheduler;

import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.loop.Grace;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.loop.Scope;
import io.orlop.control.view.ClusterView;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.model.ambient.Ambient;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;

/// Given a replica at a node that no spec knows, when it can only be one that we began and gave up, then it is
/// destroyed; everything else is left alone, and only shown.
///
/// ```
///   named by its own id, regular, shared with nobody                        ┐
///   thin with nothing allocated, or given up by this very process           ├── else it is not ours: left alone
///   the store, asked itself, knows no such replica                          ┘
///        now ── a grace ── and then again, and the node says so, too ──► destroyed
/// ```
final class StraySweep implements Reconciler<Stray>, Scope<Stray> {
    private static final Logger LOG = System.getLogger(StraySweep.class.getName());
    private static final Duration SOON = Duration.ofSeconds(2);
    /// Longer than any creation lingers, and than the watch is late.
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

    private final Guards guards;
    private final ClusterView view;
    private final Keyspace keyspace;
    private final Layout layout;
    private final ReplicaHands hands;
    private final GivenUp givenUp;
    private final Grace<Stray> grace;

    StraySweep(
            Ambient ambient,
            Guards guards,
            ClusterView view,
            Keyspace keyspace,
            Layout layout,
            ReplicaHands hands,
            GivenUp givenUp) {
        this.guards = guards;
        this.view = view;
        this.keyspace = keyspace;
        this.layout = layout;
        this.hands = hands;
        this.givenUp = givenUp;
        this.grace = new Grace<>(ambient, LONG_ENOUGH);
    }

    @Override
    public Iterator<Stray> ids() {
        return view.seen()
                .replicas(null)
                .map(state -> new Stray(state.uuid(), state.node()))
                .iterator();
    }

    @Override
    public boolean amiss(Stray stray) {
        return view.replicas().get(stray.replica()).isEmpty()
                && view.seen()
                        .replica(stray.replica(), stray.node())
                        .filter(this::ours)
                        .isPresent();
    }

    @Override
    public Outcome reconcile(Stray stray) {
        if (!amiss(stray)) return leave(stray);
        return guards.reconcile(Guarded.of(stray.replica()), () -> {
            if (!amiss(stray) || isKnown(stray.replica())) return leave(stray);
            Duration left = grace.left(stray);
            return left.isPositive() ? Outcome.again(left) : remove(stray);
        });
    }

    /// What was seen may be of a while ago: the node has the last word.
    private Outcome remove(Stray stray) {
        return switch (hands.look(stray.replica(), stray.node())) {
            case Attempt.Done<Optional<ReplicaState>>(Optional<ReplicaState> found) -> {
                if (found.filter(this::ours).isEmpty()) yield leave(stray);
                ReplicaState state = found.get();
                yield switch (hands.destroy(state.uuid(), state.node(), state.pool())) {
                    case Attempt.Done<ReplicaId> gone -> {
                        LOG.log(
                                Level.WARNING,
                                "replica {0} in pool {1}, which was begun and given up, was destroyed",
                                stray,
                                state.pool());
                        yield leave(stray);
                    }
                    case Attempt.Refused<ReplicaId>(Refusal said) ->
                        Outcome.blocked("node %s keeps it: %s".formatted(stray.node(), said.text()));
                    case Attempt.Unclear<ReplicaId> unclear -> Outcome.again(SOON);
                };
            }
            case Attempt.Refused<Optional<ReplicaState>>(Refusal said) ->
                Outcome.blocked("node %s does not say what it has: %s".formatted(stray.node(), said.text()));
            case Attempt.Unclear<Optional<ReplicaState>> unclear -> Outcome.again(SOON);
        };
    }

    private boolean ours(ReplicaState state) {
        boolean neverWritten = state.thin() && state.space().allocated().isZero();
        return state.name().equals(state.uuid().toString())
                && state.kind() == ReplicaKind.REGULAR
                && state.share() == ShareProtocol.NONE
                && (neverWritten || givenUp.contains(state.uuid()));
    }

    private boolean isKnown(ReplicaId replica) {
        return keyspace.get(layout.replicas() + replica).isPresent();
    }

    private Outcome leave(Stray stray) {
        grace.forget(stray);
        return Outcome.settled();
    }
}
