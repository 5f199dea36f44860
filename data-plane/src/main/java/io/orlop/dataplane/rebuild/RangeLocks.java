package io.orlop.dataplane.rebuild;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lets one at a time have a range of bytes. Two writes of the same blocks would else reach two copies in two orders,
/// and a rebuild would overwrite what a host has just written.
public final class RangeLocks {
    private record Range(long start, long end) {
        boolean overlaps(Range other) {
            return start < other.end && other.start < end;
        }
    }

    private final List<Range> held = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();

    /// Held until it is closed.
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /// Waits until nobody else holds any of the range. Not reentrant.
    public Held hold(long offset, long length) {
        Range range = new Range(offset, offset + length);
        lock.lock();
        try {
            while (held.stream().anyMatch(range::overlaps)) released.awaitUninterruptibly();
            held.add(range);
        } finally {
            lock.unlock();
        }
        return () -> release(range);
    }

    private void release(Range range) {
        lock.lock();
        try {
            held.remove(range);
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
