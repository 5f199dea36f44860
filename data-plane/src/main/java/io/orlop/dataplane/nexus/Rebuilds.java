package io.orlop.dataplane.nexus;

import io.orlop.dataplane.rebuild.Rebuild;
import io.orlop.model.RebuildRecord;
import io.orlop.model.RebuildState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// The rebuilds of one nexus: at most one of each copy, and what became of the latest ones.
final class Rebuilds {
    private static final int HISTORY = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<String, Rebuild> running = new TreeMap<>();
    private final List<RebuildRecord> history = new ArrayList<>();

    void start(Rebuild rebuild) {
        lock.lock();
        try {
            running.put(rebuild.target(), rebuild);
        } finally {
            lock.unlock();
        }
        rebuild.start();
    }

    /// @param whole whether the copy counts as whole now: one that was copied to the end may not
    void ended(Rebuild rebuild, boolean whole) {
        lock.lock();
        try {
            running.remove(rebuild.target(), rebuild);
            RebuildRecord record = rebuild.record();
            history.add(whole || record.state() == RebuildState.STOPPED ? record : failed(record));
            if (history.size() > HISTORY) history.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    Optional<Rebuild> of(String uri) {
        lock.lock();
        try {
            return Optional.ofNullable(running.get(uri));
        } finally {
            lock.unlock();
        }
    }

    void stop(String uri) {
        of(uri).ifPresent(Rebuild::stop);
    }

    void stopAll() {
        List<Rebuild> all;
        lock.lock();
        try {
            all = List.copyOf(running.values());
        } finally {
            lock.unlock();
        }
        all.forEach(Rebuild::stop);
    }

    List<RebuildRecord> history() {
        lock.lock();
        try {
            return List.copyOf(history);
        } finally {
            lock.unlock();
        }
    }

    private static RebuildRecord failed(RebuildRecord record) {
        return new RebuildRecord(
                record.childUri(),
                record.sourceUri(),
                RebuildState.FAILED,
                record.blocksTotal(),
                record.blocksRecovered(),
                record.blocksTransferred(),
                record.blocksRemaining(),
                record.blockSize(),
                record.partial(),
                record.start(),
                record.end());
    }
}
