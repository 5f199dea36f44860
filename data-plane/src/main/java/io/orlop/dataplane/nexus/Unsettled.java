package io.orlop.dataplane.nexus;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Where whole copies may differ: a write failed that had reached some of them, or they may have forgotten one. Before
/// anybody reads or writes there, they are made equal.
final class Unsettled {
    /// One reason to settle; another for the same blocks is not the same. So no record.
    static final class Range {
        final long offset;
        final long length;

        Range(long offset, long length) {
            this.offset = offset;
            this.length = length;
        }

        private boolean overlaps(long otherOffset, long otherLength) {
            return offset < otherOffset + otherLength && otherOffset < offset + length;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private volatile List<Range> ranges = List.of();

    void add(long offset, long length) {
        lock.lock();
        try {
            List<Range> more = new ArrayList<>(ranges);
            more.add(new Range(offset, length));
            ranges = List.copyOf(more);
        } finally {
            lock.unlock();
        }
    }

    void settled(Range range) {
        lock.lock();
        try {
            ranges = ranges.stream().filter(other -> other != range).toList();
        } finally {
            lock.unlock();
        }
    }

    List<Range> within(long offset, long length) {
        List<Range> now = ranges;
        if (now.isEmpty()) return now;
        return now.stream().filter(range -> range.overlaps(offset, length)).toList();
    }
}
