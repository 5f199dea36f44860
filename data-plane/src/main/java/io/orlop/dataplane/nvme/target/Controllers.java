package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.Host;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The controllers hosts have with one subsystem, by id. Ids go round their range, so that one just given up is not
/// soon taken for another's.
final class Controllers {
    private final int first;
    private final int last;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Integer, Controller> byId = new TreeMap<>();
    private int next;
    private boolean closed;

    Controllers(int first, int last) {
        this.first = first;
        this.last = last;
        this.next = first;
    }

    /// A new controller, or nothing when all ids are taken or the subsystem is gone.
    @Nullable
    Controller open(IntFunction<Controller> make) {
        lock.lock();
        try {
            if (closed || byId.size() > last - first) return null;
            while (byId.containsKey(next)) next = following(next);
            Controller controller = make.apply(next);
            byId.put(next, controller);
            next = following(next);
            return controller;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Controller find(int id) {
        lock.lock();
        try {
            return byId.get(id);
        } finally {
            lock.unlock();
        }
    }

    /// What this host has here from before and has not used for so long that it is most likely left over from a life
    /// that ended without a word. A host may hold several at once, one for each of its ways here, and those speak.
    List<Controller> staleOf(Host host) {
        return all().stream()
                .filter(controller -> controller.host().equals(host) && controller.silentFor(controller.patience()))
                .toList();
    }

    /// Of those that have been silent for this long the one that was so for longest, or nothing.
    @Nullable
    Controller longestSilent(Duration atLeast) {
        return all().stream()
                .filter(controller -> controller.silentFor(atLeast))
                .max(Comparator.comparing(Controller::silence))
                .orElse(null);
    }

    List<Controller> all() {
        lock.lock();
        try {
            return List.copyOf(byId.values());
        } finally {
            lock.unlock();
        }
    }

    void remove(Controller controller) {
        lock.lock();
        try {
            byId.remove(controller.id(), controller);
        } finally {
            lock.unlock();
        }
    }

    /// From now on none is opened.
    List<Controller> close() {
        lock.lock();
        try {
            closed = true;
            return List.copyOf(byId.values());
        } finally {
            lock.unlock();
        }
    }

    boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private int following(int id) {
        return id == last ? first : id + 1;
    }
}
