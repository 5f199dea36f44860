package io.orlop.control.keyspace;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What one stream has said and nobody has looked at yet. The stream cannot be made to wait: so when too many events
/// lie here already it counts as broken, and what it says from then on is not kept. Nothing is lost by that, because
/// the next stream begins after what was looked at.
///
/// ```
///   said        e1 e2 e3 … e10000   e10001   e10002 …
///   kept here   e1 e2 e3 … e10000   broken
/// ```
final class Inbox {
    private static final int EVENTS_MOST = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Feed.News> news = new ArrayDeque<>();
    private int events;
    private boolean full;

    void add(Feed.News said) {
        lock.lock();
        try {
            if (full) return;
            full = events >= EVENTS_MOST;
            if (full) {
                news.add(new Feed.News.Broken("too far behind"));
                return;
            }
            news.add(said);
            events += weight(said);
        } finally {
            lock.unlock();
        }
    }

    /// @return `null` if there is nothing to look at
    Feed.@Nullable News poll() {
        lock.lock();
        try {
            Feed.News next = news.poll();
            if (next != null) events -= weight(next);
            return next;
        } finally {
            lock.unlock();
        }
    }

    /// What carries no event takes room, too.
    private static int weight(Feed.News said) {
        return said instanceof Feed.News.Changed(Changes changes)
                ? Math.max(1, changes.events().size())
                : 1;
    }
}
