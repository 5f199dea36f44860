package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.AsyncEvent;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.dataplane.nvme.wire.Status;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// The events a controller tells its host of, each by answering one of the requests the host leaves with it. After
/// an event the host reads a log page; until it has, the same event is not told again, since the page will show
/// both.
final class AsyncEvents {
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Integer> requests = new ArrayDeque<>();
    private final EnumSet<AsyncEvent> untold = EnumSet.noneOf(AsyncEvent.class);
    private final EnumSet<AsyncEvent> unread = EnumSet.noneOf(AsyncEvent.class);
    private final BiConsumer<Integer, AsyncEvent> tell;
    private int enabled;

    /// @param tell answers the request of this id with the event
    AsyncEvents(BiConsumer<Integer, AsyncEvent> tell) {
        this.tell = tell;
    }

    Answer request(int id) {
        lock.lock();
        try {
            if (requests.size() == Limits.ASYNC_EVENTS) return Answer.refused(Status.ASYNC_EVENT_LIMIT);
            requests.add(id);
            tellUntold();
            return new Answer.Parked();
        } finally {
            lock.unlock();
        }
    }

    void happened(AsyncEvent event) {
        lock.lock();
        try {
            if ((enabled & event.enablingBit()) == 0 || unread.contains(event)) return;
            untold.add(event);
            tellUntold();
        } finally {
            lock.unlock();
        }
    }

    void read(int page) {
        lock.lock();
        try {
            unread.removeIf(event -> event.page() == page);
        } finally {
            lock.unlock();
        }
    }

    void enable(int bits) {
        lock.lock();
        try {
            enabled = bits;
        } finally {
            lock.unlock();
        }
    }

    int enabled() {
        lock.lock();
        try {
            return enabled;
        } finally {
            lock.unlock();
        }
    }

    private void tellUntold() {
        while (!untold.isEmpty() && requests.poll() instanceof Integer id) {
            AsyncEvent event = untold.iterator().next();
            untold.remove(event);
            unread.add(event);
            tell.accept(id, event);
        }
    }
}
