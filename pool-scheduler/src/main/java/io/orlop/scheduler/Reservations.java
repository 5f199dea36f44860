package io.orlop.scheduler;

import io.orlop.control.view.ClusterView;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Room that is promised and that no pool's usage contains yet. Whoever places sees what others have placed a moment
/// ago, so that no two promise the same room; nobody waits for anybody's writing.
///
/// ```
///   place (in the lock) ──► held ──► written ──► created ──► reported by the registry ──► let go
///                             │         └──────── deleted, spec gone ───────────────────► let go
///                             └── not written ──────────────────────────────────────────► let go
/// ```
///
/// A replica on its way out is held like any other: made and destroyed between two questions to its node, it takes room
/// in between that no report shows.
///
/// What is held of a pool is looked through when the pool is, once for each piece of the registry's stream: a report
/// costs nothing here. What is held of a pool whose node is away waits for it.
final class Reservations {
    private static final long NEVER = -1;

    private final ClusterView view;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<PoolId, Held> held = new TreeMap<>();
    private final Map<ReplicaId, PoolId> pools = new TreeMap<>();
    /// Those of the held that are placed, and whose promise is on its way to the store.
    private final Map<ReplicaId, ReplicaSpec> unwritten = new TreeMap<>();

    /// Of one pool.
    private static final class Held {
        private final Map<ReplicaId, ReplicaSpec> replicas = new TreeMap<>();
        /// Of the stream, when it was looked what is reported.
        private long moment = NEVER;
    }

    /// What a pool is to hold and does not report yet.
    ///
    /// @param unwritten how many of them are in no table yet
    record Pending(List<ReplicaSpec> replicas, int unwritten) {
        static final Pending NONE = new Pending(List.of(), 0);
    }

    Reservations(ClusterView view) {
        this.view = view;
        view.replicas().listen(this::changed);
    }

    /// Begins with what is promised and not reported; what this copy is about to write stays.
    void takeOver() {
        locked(() -> {
            held.clear();
            pools.clear();
            unwritten.values().forEach(this::put);
            view.replicas().values().filter(replica -> !reported(replica)).forEach(this::put);
            return held;
        });
    }

    /// @param choose places replicas, with nobody else placing meanwhile; what it throws is thrown
    Hold hold(Supplier<List<ReplicaSpec>> choose) {
        return locked(() -> {
            List<ReplicaSpec> chosen = List.copyOf(choose.get());
            for (ReplicaSpec replica : chosen) {
                put(replica);
                unwritten.put(replica.uuid(), replica);
            }
            return new Hold(chosen);
        });
    }

    Pending pending(PoolId pool) {
        return locked(() -> {
            Held here = held.get(pool);
            if (here == null) return Pending.NONE;
            letGoOfReported(here);
            int nowhere = (int) unwritten.values().stream()
                    .filter(replica -> replica.pool().equals(pool)
                            && view.replicas().get(replica.uuid()).isEmpty())
                    .count();
            return new Pending(List.copyOf(here.replicas.values()), nowhere);
        });
    }

    private void letGoOfReported(Held here) {
        long now = view.seen().moment();
        if (here.moment == now) return;
        here.moment = now;
        List<ReplicaSpec> told = here.replicas.values().stream()
                .filter(replica -> !unwritten.containsKey(replica.uuid()) && reported(replica))
                .toList();
        told.forEach(replica -> letGo(replica.uuid()));
    }

    /// What is placed, and not yet in the store.
    List<ReplicaSpec> unwritten() {
        return locked(() -> List.copyOf(unwritten.values()));
    }

    /// Every replica that a pool is to hold, written or about to be.
    List<ReplicaSpec> of(PoolId pool) {
        var all = new TreeMap<ReplicaId, ReplicaSpec>();
        for (ReplicaSpec replica : unwritten()) {
            if (replica.pool().equals(pool)) all.put(replica.uuid(), replica);
        }
        for (ReplicaSpec replica : view.replicasByPool().of(pool)) all.put(replica.uuid(), replica);
        return List.copyOf(all.values());
    }

    private boolean reported(ReplicaSpec replica) {
        return view.seen().reported(replica.uuid(), replica.node());
    }

    private void put(ReplicaSpec replica) {
        pools.put(replica.uuid(), replica.pool());
        held.computeIfAbsent(replica.pool(), _ -> new Held()).replicas.put(replica.uuid(), replica);
    }

    private void letGo(ReplicaId replica) {
        PoolId pool = pools.remove(replica);
        if (pool == null) return;
        held.computeIfPresent(pool, (_, here) -> {
            here.replicas.remove(replica);
            return here.replicas.isEmpty() ? null : here;
        });
    }

    /// Where its promise is gone, so is what was held for it.
    private void changed(ReplicaId replica) {
        if (view.replicas().get(replica).isPresent()) return;
        locked(() -> {
            if (!unwritten.containsKey(replica)) letGo(replica);
            return held;
        });
    }

    private <R> R locked(Supplier<R> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /// To be closed once the replicas are written, or will not be.
    final class Hold implements AutoCloseable {
        private final List<ReplicaSpec> chosen;

        private Hold(List<ReplicaSpec> chosen) {
            this.chosen = chosen;
        }

        List<ReplicaSpec> replicas() {
            return chosen;
        }

        List<ReplicaId> ids() {
            return chosen.stream().map(ReplicaSpec::uuid).toList();
        }

        @Override
        public void close() {
            locked(() -> {
                for (ReplicaSpec replica : chosen) {
                    unwritten.remove(replica.uuid());
                    // It may be reported already, and was not let go because it was on its way.
                    Held here = held.get(replica.pool());
                    if (here != null) here.moment = NEVER;
                    changed(replica.uuid());
                }
                return held;
            });
        }
    }
}
