package io.orlop.dataplane.nvme;

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

    private int following(int id) {
        return id == last ? first : id + 1;
    }
}
