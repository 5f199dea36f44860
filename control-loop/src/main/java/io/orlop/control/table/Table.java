package io.orlop.control.table;

import io.orlop.control.keyspace.Changes;
import io.orlop.control.keyspace.Event;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Listing;
import io.orlop.control.keyspace.WatchListener;
import io.orlop.control.keyspace.Watching;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.json.JsonDocument;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The values below one prefix, by id, as of late: the watch feeds it, and so does every commit made here, so that
/// whoever wrote reads what was written.
///
/// What is heard twice, or late, counts once: a key's cell only ever moves to a higher revision, and a deleted key's
/// cell stays, empty, until the watch has passed it.
///
/// ```
///   committed here            a@5   del a@7
///   told by the watch                        a@5   del a@7
///   cell of a                 5     7 empty  7     (none)
/// ```
public final class Table<K extends Comparable<K>, T> implements AutoCloseable {
    private final Ambient ambient;
    private final Keyspace keyspace;
    private final String prefix;
    private final Function<String, K> id;
    private final Codec<T> codec;
    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableMap<K, Cell<T>> cells = new TreeMap<>();
    private final Map<String, String> unreadable = new TreeMap<>();
    private final List<TableListener<? super K>> listeners = new CopyOnWriteArrayList<>();
    private final Signal heard;
    private @Nullable Watching watch;
    private boolean loaded;
    private volatile boolean following;

    /// @param stored null where the key was deleted in this revision
    private record Cell<T>(long revision, @Nullable Stored<T> stored) {}

    private Table(Ambient ambient, Keyspace keyspace, String prefix, Function<String, K> id, Codec<T> codec) {
        this.ambient = ambient;
        this.keyspace = keyspace;
        this.prefix = prefix;
        this.id = id;
        this.codec = codec;
        this.heard = ambient.signal();
    }

    /// A table that begins to fill at once; [#awaitLoaded(Duration)] waits for it.
    ///
    /// @param prefix ends in a slash; what follows it in a key is the id's `toString()`
    /// @param id reads an id from that text
    public static <K extends Comparable<K>, T> Table<K, T> open(
            Ambient ambient, Keyspace keyspace, String prefix, Function<String, K> id, Codec<T> codec) {
        var table = new Table<K, T>(ambient, keyspace, prefix, id, codec);
        table.watch = keyspace.watch(Listing.unknown(prefix), table.new Follower());
        return table;
    }

    /// A table of one of the model's nouns.
    public static <K extends Comparable<K>, T> Table<K, T> open(
            Ambient ambient, Keyspace keyspace, String prefix, Function<String, K> id, JsonDocument<T> document) {
        return open(ambient, keyspace, prefix, id, Codec.of(document));
    }

    public Optional<Stored<T>> get(K id) {
        lock.lock();
        try {
            Cell<T> cell = cells.get(id);
            return cell == null ? Optional.empty() : Optional.ofNullable(cell.stored());
        } finally {
            lock.unlock();
        }
    }

    /// The value alone.
    public Optional<T> value(K id) {
        return get(id).map(Stored::value);
    }

    /// Everything, sorted by id.
    public NavigableMap<K, Stored<T>> all() {
        lock.lock();
        try {
            var all = new TreeMap<K, Stored<T>>();
            cells.forEach((id, cell) -> {
                if (cell.stored() != null) all.put(id, cell.stored());
            });
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// All values, sorted by id.
    public List<T> values() {
        return all().values().stream().map(Stored::value).toList();
    }

    /// Keys that hold what this version cannot read, and why. They are left alone: a commit that would make one anew
    /// conflicts.
    public Map<String, String> unreadable() {
        lock.lock();
        try {
            return new TreeMap<>(unreadable);
        } finally {
            lock.unlock();
        }
    }

    /// Told of every change from now on, whoever made it.
    public void listen(TableListener<? super K> listener) {
        listeners.add(listener);
    }

    /// Whether it has been filled once.
    public boolean isLoaded() {
        lock.lock();
        try {
            return loaded;
        } finally {
            lock.unlock();
        }
    }

    /// Whether it is filled and its watch stands: what is here is what the store held a moment ago.
    public boolean isSynced() {
        return following && isLoaded();
    }

    /// @return whether it was filled in time
    public boolean awaitLoaded(Duration atMost) throws InterruptedException {
        long deadline = ambient.nanos() + atMost.toNanos();
        while (!isLoaded()) {
            long left = deadline - ambient.nanos();
            if (left <= 0) return false;
            heard.await(Duration.ofNanos(left));
        }
        // Others may be waiting for the same.
        heard.raise();
        return true;
    }

    /// Reads everything anew: afterwards the table holds nothing older than this call. A new leader does this before it
    /// decides anything.
    public void refresh() {
        Listing now = keyspace.load(prefix);
        var gone = all();
        for (KeyValue entry : now.entries()) {
            absorb(entry.key(), entry, entry.modRevision());
            idOf(entry.key()).ifPresent(gone::remove);
        }
        gone.keySet().forEach(id -> absorb(key(id), null, now.revision()));
        nowLoaded();
    }

    /// Where this id's value lies in the keyspace.
    public String key(K id) {
        return prefix + id;
    }

    @Override
    public void close() {
        if (watch != null) watch.close();
    }

    byte[] encode(T value) {
        return codec.encode(value);
    }

    byte[] rewrite(Stored<T> previous, T value) {
        return codec.rewrite(previous.bytes(), value);
    }

    /// Takes note of what a key holds since, or held at, a revision; null for nothing. Older news changes nothing.
    void absorb(String key, @Nullable KeyValue entry, long revision) {
        Optional<K> known = idOf(key);
        if (known.isEmpty()) return;
        K id = known.get();
        lock.lock();
        try {
            Cell<T> cell = cells.get(id);
            if (cell != null && cell.revision() >= revision) return;
            if (entry == null) {
                unreadable.remove(key);
                if (cell == null) return;
            }
            cells.put(id, new Cell<>(revision, entry == null ? null : read(entry)));
        } finally {
            lock.unlock();
        }
        for (TableListener<? super K> listener : listeners) listener.changed(id);
    }

    private @Nullable Stored<T> read(KeyValue entry) {
        try {
            T value = codec.decode(entry.value());
            unreadable.remove(entry.key());
            return new Stored<>(value, entry.modRevision(), entry.value());
        } catch (RuntimeException e) {
            unreadable.put(entry.key(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Optional<K> idOf(String key) {
        try {
            return Optional.of(id.apply(key.substring(prefix.length())));
        } catch (RuntimeException e) {
            lock.lock();
            try {
                unreadable.put(key, "its name is no id: " + e.getMessage());
            } finally {
                lock.unlock();
            }
            return Optional.empty();
        }
    }

    private void nowLoaded() {
        lock.lock();
        try {
            loaded = true;
        } finally {
            lock.unlock();
        }
        heard.raise();
    }

    private final class Follower implements WatchListener {
        @Override
        public void changed(Changes changes) {
            for (Event event : changes.events()) {
                switch (event) {
                    case Event.Put(KeyValue entry) -> absorb(entry.key(), entry, entry.modRevision());
                    case Event.Deleted(String key, long revision) -> absorb(key, null, revision);
                }
            }
            lock.lock();
            try {
                cells.values().removeIf(cell -> cell.stored() == null && cell.revision() <= changes.revision());
            } finally {
                lock.unlock();
            }
            nowLoaded();
        }

        @Override
        public void following() {
            following = true;
        }

        @Override
        public void interrupted(String why) {
            following = false;
        }
    }
}
