package io.orlop.dataplane.nexus;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Lets one at a time have a range of bytes. Two writes of the same blocks would else reach two copies in two orders,
/// and a rebuild would overwrite what a host has just written.
final class RangeLocks {
    /// Those that are held do not overlap, so the one in the way is found beside where a range begins.
    private final TreeMap<Long, Range> held = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /// Held until it is closed.
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    private final class Range implements Held {
        private final long start;
        private final long end;
        private final Condition released = lock.newCondition();

        Range(long start, long end) {
            this.start = start;
            this.end = end;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                held.remove(start);
                released.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Waits until nobody else holds any of the range. Not reentrant.
    Held hold(long offset, long length) {
        if (length == 0) return () -> {};
        Range range = new Range(offset, offset + length);
        lock.lock();
        try {
            while (inTheWayOf(range) instanceof Range other) other.released.awaitUninterruptibly();
            held.put(offset, range);
        } finally {
            lock.unlock();
        }
        return range;
    }

    private @Nullable Range inTheWayOf(Range range) {
        Map.Entry<Long, Range> before = held.lowerEntry(range.end);
        return before != null && before.getValue().end > range.start ? before.getValue() : null;
    }
}
