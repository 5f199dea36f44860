package io.orlop.dataplane.nvme;

import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// The events a controller tells its host of, each by answering one of the requests the host leaves with it. After
/// an event the host reads a log page; until it has, the same event is not told again, since the page will show
/// both.
final class AsyncEvents {
    enum Event {
        NAMESPACE_CHANGED(0x100, 0x00, LogPages.CHANGED_NAMESPACES),
        ANA_CHANGED(0x800, 0x03, LogPages.ANA),
        DISCOVERY_CHANGED(0x8000_0000, 0xF0, LogPages.DISCOVERY);

        private static final int NOTICE = 0x02;

        private final int enablingBit;
        private final int information;
        private final int page;

        Event(int enablingBit, int information, int page) {
            this.enablingBit = enablingBit;
            this.information = information;
            this.page = page;
        }

        /// The bit in the controller's offer and in the host's choice.
        int enablingBit() {
            return enablingBit;
        }

        long result() {
            return NOTICE | information << 8 | page << 16;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Integer> requests = new ArrayDeque<>();
    private final EnumSet<Event> untold = EnumSet.noneOf(Event.class);
    private final EnumSet<Event> unread = EnumSet.noneOf(Event.class);
    private final BiConsumer<Integer, Event> tell;
    private int enabled;

    /// @param tell answers the request of this id with the event
    AsyncEvents(BiConsumer<Integer, Event> tell) {
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

    void happened(Event event) {
        lock.lock();
        try {
            if ((enabled & event.enablingBit) == 0 || unread.contains(event)) return;
            untold.add(event);
            tellUntold();
        } finally {
            lock.unlock();
        }
    }

    void read(int page) {
        lock.lock();
        try {
            unread.removeIf(event -> event.page == page);
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
            Event event = untold.iterator().next();
            untold.remove(event);
            unread.add(event);
            tell.accept(id, event);
        }
    }
}
