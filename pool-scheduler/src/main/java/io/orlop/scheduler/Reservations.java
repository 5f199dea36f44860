package io.orlop.scheduler;

import io.orlop.control.table.Table;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Replicas that are placed and not yet written. Whoever places sees what others have placed a moment ago, so that no
/// two promise the same room; nobody waits for anybody's writing.
///
/// ```
///   place (in the lock) ──► held here ──► written ──► in the table ──► let go here
/// ```
final class Reservations {
    private final Table<ReplicaId, ReplicaSpec> replicas;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ReplicaId, ReplicaSpec> held = new TreeMap<>();

    Reservations(Table<ReplicaId, ReplicaSpec> replicas) {
        this.replicas = replicas;
    }

    /// @param choose places replicas, given all that are promised; what it throws is thrown
    Hold hold(Function<Collection<ReplicaSpec>, List<ReplicaSpec>> choose) {
        lock.lock();
        try {
            List<ReplicaSpec> chosen = choose.apply(promised());
            chosen.forEach(replica -> held.put(replica.uuid(), replica));
            return new Hold(chosen);
        } finally {
            lock.unlock();
        }
    }

    /// Every replica that a pool is to hold, written or about to be.
    List<ReplicaSpec> of(PoolId pool) {
        lock.lock();
        try {
            return promised().stream()
                    .filter(replica -> replica.pool().equals(pool))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private Collection<ReplicaSpec> promised() {
        var all = new TreeMap<>(held);
        for (ReplicaSpec replica : replicas.values()) all.put(replica.uuid(), replica);
        return all.values();
    }

    /// To be closed once the replicas are written, or will not be.
    final class Hold implements AutoCloseable {
        private final List<ReplicaSpec> chosen;

        private Hold(List<ReplicaSpec> chosen) {
            this.chosen = List.copyOf(chosen);
        }

        List<ReplicaSpec> replicas() {
            return chosen;
        }

        List<ReplicaId> ids() {
            return chosen.stream().map(ReplicaSpec::uuid).toList();
        }

        @Override
        public void close() {
            lock.lock();
            try {
                chosen.forEach(replica -> held.remove(replica.uuid()));
            } finally {
                lock.unlock();
            }
        }
    }
}
