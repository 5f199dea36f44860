package io.orlop.control.keyspace.local;

import io.orlop.control.keyspace.Change;
import io.orlop.control.keyspace.Changes;
import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.Compare;
import io.orlop.control.keyspace.Event;
import io.orlop.control.keyspace.Feed;
import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Lease;
import io.orlop.control.keyspace.Listing;
import io.orlop.control.keyspace.StoreUnavailableException;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.Watching;
import io.orlop.control.loop.Lasting;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The store behind any number of [LocalKeyspace]s: it forgets nothing but what is compacted, and it is never down
/// (that is the client's fault to simulate). Leases run out by the ambient clock.
public final class LocalStore implements AutoCloseable {
    private final Ambient ambient;
    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableMap<String, KeyValue> head = new TreeMap<>();
    private final NavigableMap<Long, List<Event>> history = new TreeMap<>();
    private final NavigableMap<Long, LocalLease> leases = new TreeMap<>();
    private final List<Stream> streams = new ArrayList<>();
    private final Signal leaseMade;
    private final Lasting expiry;
    private long revision = 1;
    private long compacted;
    private long leaseIds;
    private volatile boolean closed;

    private record LocalLease(long id, Duration ttl, long deadlineNanos) {}

    private record Stream(String prefix, Consumer<Feed.News> news) {}

    public LocalStore(Ambient ambient) {
        this.ambient = ambient;
        this.leaseMade = ambient.signal();
        this.expiry = Lasting.start(ambient, "lease expiry", this::expireLeases);
    }

    /// Forgets the history before this revision.
    public void compact(long before) {
        locked(() -> {
            compacted = Math.max(compacted, before);
            history.headMap(before, false).clear();
            return null;
        });
    }

    public long revision() {
        return locked(() -> revision);
    }

    /// Everything there is, for a test to look at.
    public List<KeyValue> dump() {
        return locked(() -> List.copyOf(head.values()));
    }

    @Override
    public void close() {
        closed = true;
        leaseMade.raise();
        expiry.close();
    }

    Optional<KeyValue> get(String key) {
        return locked(() -> Optional.ofNullable(head.get(key)));
    }

    Listing load(String prefix) {
        return locked(() -> {
            var entries = new ArrayList<KeyValue>();
            for (KeyValue entry : head.tailMap(prefix).values()) {
                if (!entry.key().startsWith(prefix)) break;
                entries.add(entry);
            }
            return new Listing(prefix, entries, revision);
        });
    }

    Commit commit(Transaction transaction) {
        return locked(() -> {
            Fence fence = transaction.fence();
            if (fence != null) {
                KeyValue leader = head.get(fence.key());
                if (leader == null || leader.createRevision() != fence.createRevision()) {
                    return new Commit.Displaced(fence);
                }
            }
            if (!transaction.compares().stream().allMatch(compare -> compare.holdsFor(head.get(compare.key())))) {
                return new Commit.Conflicted(
                        transaction.compares().stream()
                                .map(Compare::key)
                                .map(key -> new Commit.Found(key, head.get(key)))
                                .toList(),
                        revision);
            }
            requireLeases(transaction.changes());
            keep(transaction.changes());
            return new Commit.Committed(revision);
        });
    }

    private void requireLeases(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof Change.Put(String key, var _, long lease)
                    && lease != 0
                    && !leases.containsKey(lease)) {
                throw StoreUnavailableException.untouched("commit", "lease " + lease + " of " + key + " is gone", null);
            }
        }
    }

    private void keep(List<Change> changes) {
        long next = revision + 1;
        var events = new ArrayList<Event>();
        for (Change change : changes) {
            KeyValue before = head.get(change.key());
            switch (change) {
                case Change.Put(String key, byte[] value, long lease) -> {
                    var after = new KeyValue(
                            key, value.clone(), before == null ? next : before.createRevision(), next, lease);
                    head.put(key, after);
                    events.add(new Event.Put(after));
                }
                case Change.Delete(String key) -> {
                    if (before == null) continue;
                    head.remove(key);
                    events.add(new Event.Deleted(key, next));
                }
            }
        }
        if (events.isEmpty()) return;
        revision = next;
        history.put(next, List.copyOf(events));
        for (Stream stream : List.copyOf(streams)) pass(stream, next, events);
    }

    private static void pass(Stream stream, long revision, List<Event> events) {
        List<Event> seen = events.stream()
                .filter(event -> event.key().startsWith(stream.prefix()))
                .toList();
        if (!seen.isEmpty()) stream.news().accept(new Feed.News.Changed(new Changes(seen, revision)));
    }

    Watching open(String prefix, long fromRevision, Consumer<Feed.News> news) {
        var stream = new Stream(prefix, news);
        locked(() -> {
            if (fromRevision < compacted) {
                news.accept(new Feed.News.Compacted());
                return null;
            }
            history.tailMap(fromRevision).forEach((at, events) -> pass(stream, at, events));
            streams.add(stream);
            return null;
        });
        return () -> locked(() -> streams.remove(stream));
    }

    Lease grant(Duration ttl) {
        Lease granted = locked(() -> {
            var lease = new LocalLease(++leaseIds, ttl, ambient.nanos() + ttl.toNanos());
            leases.put(lease.id(), lease);
            return new Lease(lease.id(), ttl);
        });
        leaseMade.raise();
        return granted;
    }

    Optional<Duration> keepAlive(long id) {
        return locked(() -> {
            LocalLease lease = leases.get(id);
            if (lease == null) return Optional.empty();
            leases.put(
                    id,
                    new LocalLease(
                            id, lease.ttl(), ambient.nanos() + lease.ttl().toNanos()));
            return Optional.of(lease.ttl());
        });
    }

    void revoke(long id) {
        locked(() -> {
            if (leases.remove(id) == null) return null;
            keep(head.values().stream()
                    .filter(entry -> entry.lease() == id)
                    .<Change>map(entry -> new Change.Delete(entry.key()))
                    .toList());
            return null;
        });
    }

    private void expireLeases() throws InterruptedException {
        while (!closed) {
            Optional<LocalLease> first = locked(() -> leases.values().stream()
                    .reduce((one, other) -> one.deadlineNanos() <= other.deadlineNanos() ? one : other));
            if (first.isEmpty()) {
                leaseMade.await();
                continue;
            }
            long left = first.get().deadlineNanos() - ambient.nanos();
            if (left <= 0) revoke(first.get().id());
            else leaseMade.await(Duration.ofNanos(left));
        }
    }

    private <R> R locked(Supplier<R> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
