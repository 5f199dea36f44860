package io.orlop.store.proof;

import io.orlop.store.api.Event;
import io.orlop.store.watch.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// All that one watcher heard, over many connections. Each connection is a number; what an older one still says when a
/// newer one was made is not heard.
final class WatchRecord {
    private final WatchRequest wanted;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Heard> heard = new ArrayList<>();
    private long next;
    private long bookmark;
    private int connection;
    private boolean over;

    /// @param wanted with the revision it starts at
    WatchRecord(WatchRequest wanted) {
        this.wanted = wanted;
        this.next = wanted.start();
    }

    WatchRequest wanted() {
        return wanted;
    }

    /// A new connection begins, which asks for all that was not heard yet.
    ///
    /// @param takesTheirWord whether to take a bookmark as said, or to ask for all since the last event
    Connection connect(boolean takesTheirWord) {
        lock.lock();
        try {
            long from = takesTheirWord ? Math.max(next, bookmark + 1) : next;
            if (!over) heard.add(new Heard.Asked(from));
            return new Connection(++connection, from);
        } finally {
            lock.unlock();
        }
    }

    List<Heard> heard() {
        lock.lock();
        try {
            return List.copyOf(heard);
        } finally {
            lock.unlock();
        }
    }

    boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until it was told that it heard all up to a revision, or that it never will.
    void awaitProgress(long revision) throws InterruptedException {
        lock.lock();
        try {
            while (bookmark < revision && !over) changed.await();
        } finally {
            lock.unlock();
        }
    }

    final class Connection {
        private final int number;
        private final long from;

        private Connection(int number, long from) {
            this.number = number;
            this.from = from;
        }

        WatchRequest request() {
            return wanted.from(from);
        }

        void events(List<Event> events) {
            hear(new Heard.Events(List.copyOf(events)));
        }

        void progress(long revision) {
            hear(new Heard.Progress(revision));
        }

        void compacted(long revision) {
            hear(new Heard.Compacted(revision));
        }

        /// The watch is no more, for no fault of what it asked for; the next connection goes on.
        void failed() {
            lock.lock();
            try {
                if (number == connection) connection++;
            } finally {
                lock.unlock();
            }
        }

        private void hear(Heard what) {
            lock.lock();
            try {
                if (number != connection || over) return;
                heard.add(what);
                switch (what) {
                    case Heard.Events(List<Event> events) ->
                        next = events.getLast().revision() + 1;
                    case Heard.Progress(long revision) -> bookmark = Math.max(bookmark, revision);
                    case Heard.Compacted _ -> over = true;
                    case Heard.Asked _ -> {}
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
