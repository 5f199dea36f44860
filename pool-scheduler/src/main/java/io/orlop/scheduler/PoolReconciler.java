package io.orlop.scheduler;

import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.loop.Scope;
import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.Refusal;
import io.orlop.model.SpecStatus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// Given a pool whose creation or deletion was begun, when its node is online, then it is finished.
/// Given a pool that is created, when its node is online and does not have it, then it is imported again; the node
/// shares its replicas as they were.
final class PoolReconciler implements Reconciler<PoolId>, Scope<PoolId> {
    private static final Logger LOG = System.getLogger(PoolReconciler.class.getName());
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Guards guards;
    private final ClusterView view;
    private final PoolCreation creation;
    private final PoolDeletion deletion;
    private final PoolHands hands;
    /// Why pools cannot be imported. It is said in the log once, and not with every attempt.
    private final Map<PoolId, String> refused = new ConcurrentSkipListMap<>();

    PoolReconciler(Guards guards, ClusterView view, PoolCreation creation, PoolDeletion deletion, PoolHands hands) {
        this.guards = guards;
        this.view = view;
        this.creation = creation;
        this.deletion = deletion;
        this.hands = hands;
    }

    @Override
    public Iterator<PoolId> ids() {
        return view.pools().ids();
    }

    @Override
    public boolean amiss(PoolId id) {
        return view.pools().value(id).filter(this::amiss).isPresent();
    }

    private boolean amiss(PoolSpec pool) {
        return pool.dirty() || missing(pool);
    }

    @Override
    public Outcome reconcile(PoolId id) {
        // Looked at before the guard is taken, so that nobody waits for a look at what is well.
        if (!amiss(id)) return well(id);
        return guards.reconcile(Guarded.of(id), () -> {
            Optional<Stored<PoolSpec>> found = view.pools().get(id);
            if (found.isEmpty()) return well(id);
            PoolSpec pool = found.get().value();
            if (!amiss(pool)) return well(id);
            if (!view.seen().online(pool.node())) return Outcome.blocked("node " + pool.node() + " is not online");
            return switch (pool.status()) {
                case CREATING ->
                    switch (creation.finish(found.get())) {
                        case Attempt.Done<Pool> done -> Outcome.settled();
                        case Attempt.Refused<Pool> withdrawn -> Outcome.settled();
                        case Attempt.Unclear<Pool> unclear -> Outcome.again(SOON);
                    };
                case DELETING, DELETED ->
                    switch (deletion.finish(found.get())) {
                        case Attempt.Done<PoolSpec> done -> Outcome.settled();
                        case Attempt.Refused<PoolSpec> kept -> Outcome.settled();
                        case Attempt.Unclear<PoolSpec> unclear -> Outcome.again(SOON);
                    };
                case CREATED -> load(pool);
            };
        });
    }

    /// Why the pool's node, which is online and does not have it, does not import it; `null` if it does not refuse, or
    /// was not asked yet.
    @Nullable
    String refused(PoolSpec pool) {
        return pool.status() == SpecStatus.CREATED && missing(pool) ? refused.get(pool.id()) : null;
    }

    private Outcome well(PoolId id) {
        refused.remove(id);
        return Outcome.settled();
    }

    private Outcome load(PoolSpec pool) {
        return switch (hands.load(pool)) {
            case Attempt.Done<PoolState> loaded -> {
                refused.remove(pool.id());
                yield missing(pool) ? Outcome.again(SOON) : Outcome.settled();
            }
            case Attempt.Refused<PoolState>(Refusal refusal) when refusal.passing() -> Outcome.again(SOON);
            case Attempt.Refused<PoolState>(Refusal refusal) -> {
                String why = "node %s cannot import it: %s".formatted(pool.node(), refusal.text());
                if (!why.equals(refused.put(pool.id(), why))) LOG.log(Level.WARNING, "pool {0}: {1}", pool.id(), why);
                yield Outcome.blocked(why);
            }
            case Attempt.Unclear<PoolState> unclear -> Outcome.again(SOON);
        };
    }

    private boolean missing(PoolSpec pool) {
        return view.seen().online(pool.node())
                && view.seen().pool(pool.id(), pool.node()).isEmpty();
    }
}
