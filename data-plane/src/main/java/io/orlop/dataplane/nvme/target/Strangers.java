package io.orlop.dataplane.nvme.target;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The connections that are no queue of a controller yet, in the order in which they came. A host is one of them for
/// some milliseconds; who stays one is scanning, broken or hostile, and must not be in the way of the next.
final class Strangers {
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<TargetConnection, Long> sinceNanos = new LinkedHashMap<>();

    Strangers(int most) {
        this.most = most;
    }

    /// @return who has to go for it, where there are too many: of those that have said nothing at all, else of all,
    ///     the one that came first
    Optional<TargetConnection> came(TargetConnection connection, long nanos) {
        lock.lock();
        try {
            Optional<TargetConnection> giving = Optional.empty();
            if (sinceNanos.size() >= most) {
                giving = sinceNanos.keySet().stream().min(Comparator.comparing(TargetConnection::initialized));
                giving.ifPresent(sinceNanos::remove);
            }
            sinceNanos.put(connection, nanos);
            return giving;
        } finally {
            lock.unlock();
        }
    }

    /// It has become a queue, or ended.
    void left(TargetConnection connection) {
        lock.lock();
        try {
            sinceNanos.remove(connection);
        } finally {
            lock.unlock();
        }
    }

    /// Those that have been here for longer.
    List<TargetConnection> olderThan(Duration age, long nanos) {
        lock.lock();
        try {
            List<TargetConnection> older = new ArrayList<>();
            sinceNanos.forEach((connection, since) -> {
                if (nanos - since >= age.toNanos()) older.add(connection);
            });
            return older;
        } finally {
            lock.unlock();
        }
    }
}
