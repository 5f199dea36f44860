package io.orlop.control.guard;

import io.orlop.control.loop.Outcome;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Hands out guards, one at a time for each resource, in the order they were asked for. A request waits briefly for its
/// turn and is then refused; a reconciler does not wait at all, it comes again.
public final class Guards {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofMillis(200);

    private final Ambient ambient;
    private final ReentrantLock lock = new ReentrantLock();
    /// A resource is here while somebody has its guard; nobody waits for what nobody has.
    private final NavigableMap<Guarded, Door> doors = new TreeMap<>();

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
        return acquireAll(resources, PATIENCE);
    }

    /// The same for somebody whose own caller waits no longer than this.
    ///
    /// @throws RefusalException `Conflict` if one of them is still taken then, or after a second
    public Guard acquireAll(Collection<Guarded> resources, Duration atMost) {
        Duration patience = atMost.compareTo(PATIENCE) < 0 ? atMost : PATIENCE;
        long deadline = ambient.nanos() + patience.toNanos();
        var held = new Held();
        try {
            for (Guarded resource : new TreeSet<>(resources)) {
                enter(resource, Duration.ofNanos(Math.max(0, deadline - ambient.nanos())));
                held.add(resource);
            }
            return held;
        } catch (RuntimeException e) {
            held.close();
            throw e;
        }
    }

    /// Reconciles with the guard taken; comes again soon if somebody has it.
    public Outcome reconcile(Guarded resource, Supplier<Outcome> work) {
        Optional<Guard> guard = tryAcquire(resource);
        if (guard.isEmpty()) return Outcome.again(SOON);
        try (Guard _ = guard.get()) {
            return work.get();
        }
    }

    /// Takes the guard if nobody has it.
    public Optional<Guard> tryAcquire(Guarded resource) {
        return tryAcquireAll(List.of(resource));
    }

    /// Takes the guards of all if nobody has any of them.
    public Optional<Guard> tryAcquireAll(Collection<Guarded> resources) {
        lock.lock();
        try {
            if (resources.stream().anyMatch(doors::containsKey)) return Optional.empty();
            var held = new Held();
            for (Guarded resource : new TreeSet<>(resources)) {
                if (!door(resource).turnstile.tryEnter())
                    throw new AssertionError(resource + " had a door and nobody in it");
                held.add(resource);
            }
            return Optional.of(held);
        } finally {
            lock.unlock();
        }
    }

    private void enter(Guarded resource, Duration atMost) {
        Door door = door(resource);
        boolean inside = false;
        try {
            inside = door.turnstile.enter(atMost);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refusal.Aborted("the change of " + resource + " was stopped while it waited", "retry")
                    .exception();
        } finally {
            if (!inside) turnFrom(resource, door);
        }
        if (inside) return;
        throw new Refusal.Conflict("another operation on " + resource + " is in progress", "retry when it has ended")
                .exception();
    }

    private void leave(Guarded resource) {
        lock.lock();
        try {
            Door door = doors.get(resource);
            if (door == null) throw new AssertionError("nobody has " + resource);
            door.turnstile.leave();
            turnFrom(resource, door);
        } finally {
            lock.unlock();
        }
    }

    private Door door(Guarded resource) {
        lock.lock();
        try {
            Door door = doors.computeIfAbsent(resource, _ -> new Door(new Turnstile(ambient, 1)));
            door.visitors++;
            return door;
        } finally {
            lock.unlock();
        }
    }

    private void turnFrom(Guarded resource, Door door) {
        lock.lock();
        try {
            if (--door.visitors == 0) doors.remove(resource);
        } finally {
            lock.unlock();
        }
    }

    private static final class Door {
        private final Turnstile turnstile;
        /// Inside or waiting.
        private int visitors;

        Door(Turnstile turnstile) {
            this.turnstile = turnstile;
        }
    }

    private final class Held implements Guard {
        private final Deque<Guarded> resources = new ArrayDeque<>();

        void add(Guarded resource) {
            resources.push(resource);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                while (!resources.isEmpty()) leave(resources.pop());
            } finally {
                lock.unlock();
            }
        }
    }
}
