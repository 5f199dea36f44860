package io.orlop.control.guard;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/// Hands out guards, one at a time for each resource. A request waits briefly for its turn and is then refused; a
/// reconciler does not wait at all, it comes again.
public final class Guards {
    private static final int TRIES = 5;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);

    private final Ambient ambient;
    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableSet<Guarded> taken = new TreeSet<>();

    public Guards(Ambient ambient) {
        this.ambient = ambient;
    }

    /// Takes the guard, waiting up to a second for whoever has it.
    ///
    /// @throws RefusalException `Conflict` if it is still taken then
    public Guard acquire(Guarded resource) {
        return acquireAll(List.of(resource));
    }

    /// Takes the guards of all, in their one fixed order, or of none.
    ///
    /// @throws RefusalException `Conflict` if one of them is still taken after a second
    public Guard acquireAll(Collection<Guarded> resources) {
        var held = new ArrayList<Guarded>();
        try {
            for (Guarded resource : new TreeSet<>(resources)) {
                await(resource);
                held.add(resource);
            }
        } catch (RuntimeException e) {
            release(held);
            throw e;
        }
        return new Held(held);
    }

    /// Takes the guard if nobody has it.
    public Optional<Guard> tryAcquire(Guarded resource) {
        return tryAcquireAll(List.of(resource));
    }

    /// Takes the guards of all if nobody has any of them.
    public Optional<Guard> tryAcquireAll(Collection<Guarded> resources) {
        lock.lock();
        try {
            if (resources.stream().anyMatch(taken::contains)) return Optional.empty();
            taken.addAll(resources);
            return Optional.of(new Held(List.copyOf(resources)));
        } finally {
            lock.unlock();
        }
    }

    private void await(Guarded resource) {
        try {
            for (int tries = 0; tries <= TRIES; tries++) {
                if (take(resource)) return;
                if (tries < TRIES) ambient.sleep(BETWEEN_TRIES);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refusal.Aborted("the change of " + resource + " was stopped while it waited", "retry")
                    .exception();
        }
        throw new Refusal.Conflict("another operation on " + resource + " is in progress", "retry when it has ended")
                .exception();
    }

    private boolean take(Guarded resource) {
        lock.lock();
        try {
            return taken.add(resource);
        } finally {
            lock.unlock();
        }
    }

    private void release(Collection<Guarded> resources) {
        lock.lock();
        try {
            resources.forEach(taken::remove);
        } finally {
            lock.unlock();
        }
    }

    private final class Held implements Guard {
        private List<Guarded> resources;

        Held(List<Guarded> resources) {
            this.resources = resources;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                release(resources);
                resources = List.of();
            } finally {
                lock.unlock();
            }
        }
    }
}
