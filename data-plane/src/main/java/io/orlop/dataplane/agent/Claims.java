package io.orlop.dataplane.agent;

import io.orlop.model.ReplicaId;
import io.orlop.wire.agent.CreateNexus;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What is about to become a nexus's, while its copies are opened: that takes as long as a dead node is waited for, and
/// only those who want the same wait for each other.
final class Claims {
    /// Held until it is closed.
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    private final TreeSet<String> claimed = new TreeSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();

    /// Waits until nobody else claims the uuid, the name or one of the copies.
    Held nexus(CreateNexus request) {
        TreeSet<String> wanted = new TreeSet<>();
        wanted.add("nexus " + request.nexus());
        wanted.add("name " + request.name());
        for (String uri : request.children()) ReplicaId.behind(uri).ifPresent(replica -> wanted.add(of(replica)));
        return take(List.copyOf(wanted));
    }

    Held child(String uri) {
        return take(ReplicaId.behind(uri).map(Claims::of).stream().toList());
    }

    boolean has(ReplicaId replica) {
        lock.lock();
        try {
            return claimed.contains(of(replica));
        } finally {
            lock.unlock();
        }
    }

    private static String of(ReplicaId replica) {
        return "replica " + replica;
    }

    private Held take(List<String> wanted) {
        lock.lock();
        try {
            while (wanted.stream().anyMatch(claimed::contains)) released.awaitUninterruptibly();
            claimed.addAll(wanted);
        } finally {
            lock.unlock();
        }
        return () -> give(wanted);
    }

    private void give(List<String> wanted) {
        lock.lock();
        try {
            wanted.forEach(claimed::remove);
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
