package io.orlop.scheduler;

import io.orlop.model.ReplicaId;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.locks.ReentrantLock;

/// Replicas whose creation this process asked for, got no answer to, and gave up: should one turn up, nobody else can
/// have made it, and nobody ever used it. The latest of them; older ones are forgotten.
final class GivenUp {
    private static final int MOST = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedSet<ReplicaId> ids = new LinkedHashSet<>();

    void add(ReplicaId replica) {
        lock.lock();
        try {
            ids.add(replica);
            if (ids.size() > MOST) ids.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    boolean contains(ReplicaId replica) {
        lock.lock();
        try {
            return ids.contains(replica);
        } finally {
            lock.unlock();
        }
    }
}
