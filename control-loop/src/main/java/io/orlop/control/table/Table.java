package io.orlop.control.table;

import io.orlop.control.keyspace.Event;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.json.JsonDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The values below one prefix, by id, as of late: the watch feeds it, and so does every commit made here, so that
/// whoever wrote reads what was written.
///
/// What is heard twice, or late, counts once: a key's cell only ever moves to a higher revision, and a deleted key's
/// cell stays, empty, until the watch has passed it. From then on, what is not here is known not to have been there
/// when the watch passed: a page of a listing that is older, or a commit that is answered late, brings nothing back.
///
/// ```
///   committed here            a@5   del a@7                       b@6 answered late
///   told by the watch                        a@5   del a@7  b@6  del b@8
///   cell of a                 5     7 empty  7     (none)
///   cell of b                                               6    (none)  (none)
/// ```
///
/// Readers take no lock and copy nothing: what they walk over is the table itself, in the order of the ids, and what
/// changes meanwhile is seen or not. [Index]es are kept with every change.
public final class Table<K extends Comparable<K>, T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Table.class);

    private final Ambient ambient;
    private final Keyspace keyspace;
    private final String prefix;
    private final Function<String, K> id;
    private final Codec<T> codec;
    /// Held by whoever changes something, and only for that.
    private final ReentrantLock lock = new ReentrantLock();

    private final Catalogue<K, Cell<T>> cells = new Catalogue<>(Comparator.naturalOrder());
    private final Map<String, String> unreadable = new ConcurrentSkipListMap<>();
    private final Tombstones<K> tombstones = new Tombstones<>();
    private final List<Index<?, K, T>> indexes = new CopyOnWriteArrayList<>();
    private final List<TableListener<? super K>> listeners = new CopyOnWriteArrayList<>();
    private final List<Signal> waiting = new CopyOnWriteArrayList<>();
    /// What came up to this revision is in the cells; what has none was not there.
    private long toldTo;

    private @Nullable TableWatch watch;
    private volatile boolean loaded;
    private volatile boolean following;

    /// @param stored null where the key was deleted in this revision
    private record Cell<T>(long revision, @Nullable Stored<T> stored) {}

    private Table(Ambient ambient, Keyspace keyspace, String prefix, Function<String, K> id, Codec<T> codec) {
        this.ambient = ambient;
        this.keyspace = keyspace;
        this.prefix = prefix;
        this.id = id;
        this.codec = codec;
    }

    /// A table that begins to fill at once; [#awaitLoaded(Duration)] waits for it.
    ///
    /// @param prefix ends in a slash; what follows it in a key is the id's `toString()`
    /// @param id reads an id from that text
    public static <K extends Comparable<K>, T> Table<K, T> open(
            Ambient ambient, Keyspace keyspace, String prefix, Function<String, K> id, Codec<T> codec) {
        var table = new Table<K, T>(ambient, keyspace, prefix, id, codec);
        table.watch = new TableWatch(ambient, keyspace, prefix, List.of(table));
        return table;
    }

    /// A table of one of the model's nouns, with a watch of its own.
    public static <K extends Comparable<K>, T> Table<K, T> open(
            Ambient ambient, Keyspace keyspace, String prefix, Function<String, K> id, JsonDocument<T> document) {
        return open(ambient, keyspace, prefix, id, Codec.of(document));
    }

    /// A table of one of the model's nouns that is fed by a [TableWatch].
    public static <K extends Comparable<K>, T> Table<K, T> fed(
            Ambient ambient, Keyspace keyspace, String prefix, Function<String, K> id, JsonDocument<T> document) {
        return new Table<>(ambient, keyspace, prefix, id, Codec.of(document));
    }

    /// The values by what this function says of each; one value may be in several groups, or in none.
    public <G extends Comparable<G>> Index<G, K, T> index(Function<T, ? extends Collection<G>> groups) {
        var index = new Index<G, K, T>(this, groups);
        lock.lock();
        try {
            indexes.add(index);
            ids().forEachRemaining(id -> index.moved(id, List.of(), groups(index, get(id).orElse(null))));
        } finally {
            lock.unlock();
        }
        return index;
    }

    public Optional<Stored<T>> get(K id) {
        Cell<T> cell = cells.get(id);
        return cell == null ? Optional.empty() : Optional.ofNullable(cell.stored());
    }

    /// The value alone.
    public Optional<T> value(K id) {
        return get(id).map(Stored::value);
    }

    /// All values, sorted by id: a walk over the table, not a copy of it.
    public Stream<T> values() {
        return values(cells.keys());
    }

    /// The values of ids after this one, sorted; all of them for `null`.
    public Stream<T> after(@Nullable K id) {
        return id == null ? values() : values(cells.keysFrom(id).filter(next -> !next.equals(id)));
    }

    private Stream<T> values(Stream<K> ids) {
        return cells.values(ids)
                .map(Cell::stored)
                .filter(stored -> stored != null)
                .map(Stored::value);
    }

    /// All ids, sorted: a walk over the table, not a copy of it.
    public Iterator<K> ids() {
        return cells.keys().filter(this::holds).iterator();
    }

    /// The ids from this one on, as long as they are among those meant.
    public List<K> idsFrom(K first, Predicate<K> meant) {
        return cells.keysFrom(first).takeWhile(meant).filter(this::holds).toList();
    }

    private boolean holds(K id) {
        return get(id).isPresent();
    }

    /// Keys that hold what this version cannot read, and why. They are left alone: a commit that would make one anew
    /// conflicts.
    public Map<String, String> unreadable() {
        return new TreeMap<>(unreadable);
    }

    /// Told of every change from now on, whoever made it.
    public void listen(TableListener<? super K> listener) {
        listeners.add(listener);
    }

    /// Whether it has been filled once.
    public boolean isLoaded() {
        return loaded;
    }

    /// Whether it is filled and its watch stands: what is here is what the store held a moment ago.
    public boolean isSynced() {
        return following && loaded;
    }

    /// @return whether it was filled in time
    public boolean awaitLoaded(Duration atMost) throws InterruptedException {
        return await(() -> loaded, atMost);
    }

    /// Waits until these values, which another service wrote just now, are known here.
    ///
    /// @return whether they are
    public boolean awaitKnown(Collection<K> ids, Duration atMost) throws InterruptedException {
        return await(() -> ids.stream().allMatch(id -> get(id).isPresent()), atMost);
    }

    /// Waits until this holds; looks again with every change of the table.
    ///
    /// @return whether it does
    public boolean await(BooleanSupplier holds, Duration atMost) throws InterruptedException {
        if (holds.getAsBoolean()) return true;
        Signal heard = ambient.signal();
        waiting.add(heard);
        try {
            long deadline = ambient.nanos() + atMost.toNanos();
            while (!holds.getAsBoolean()) {
                long left = deadline - ambient.nanos();
                if (left <= 0) return false;
                heard.await(Duration.ofNanos(left));
            }
            return true;
        } finally {
            waiting.remove(heard);
        }
    }

    /// Reads everything anew: afterwards the table holds nothing older than this call. A new leader waits until the
    /// watch has told of its own key instead, and does this where the watch is late, or where its table has a watch
    /// of its own, which tells of no leader's key.
    public void refresh() {
        var found = new TreeSet<String>();
        long revision = keyspace.load(
                prefix,
                page -> page.forEach(entry -> {
                    found.add(entry.key());
                    absorb(entry.key(), entry, entry.modRevision());
                }));
        listedAll(found, revision);
        // The watch may be behind the listing: what it tells of until then is told already.
        forgetUpTo(revision);
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
        byte[] foreign = previous.foreign();
        return foreign == null ? codec.encode(value) : codec.rewrite(foreign, value);
    }

    /// Takes note of what a key holds since, or held at, a revision; null for nothing. Older news changes nothing.
    void absorb(String key, @Nullable KeyValue entry, long revision) {
        Optional<K> known = idOf(key);
        if (known.isEmpty()) return;
        K id = known.get();
        List<Runnable> touched;
        lock.lock();
        try {
            Cell<T> before = cells.get(id);
            if (isOld(before, revision)) return;
            if (entry == null) {
                unreadable.remove(key);
                if (before == null) return;
            }
            touched = settle(id, before, new Cell<>(revision, entry == null ? null : read(entry)));
        } finally {
            lock.unlock();
        }
        changed(id, touched);
    }

    /// What was committed here.
    void wrote(K id, Stored<T> stored) {
        List<Runnable> touched;
        lock.lock();
        try {
            Cell<T> before = cells.get(id);
            if (isOld(before, stored.modRevision())) return;
            unreadable.remove(key(id));
            touched = settle(id, before, new Cell<>(stored.modRevision(), stored));
        } finally {
            lock.unlock();
        }
        changed(id, touched);
    }

    private boolean isOld(@Nullable Cell<T> before, long revision) {
        return revision <= (before == null ? toldTo : before.revision());
    }

    /// The lock is held.
    ///
    /// @return what the indexes have to tell when it is free
    private List<Runnable> settle(K id, @Nullable Cell<T> before, Cell<T> after) {
        cells.put(id, after);
        if (after.stored() == null) tombstones.add(after.revision(), id);
        var touched = new ArrayList<Runnable>(indexes.size());
        for (Index<?, K, T> index : indexes) touched.add(moved(index, id, before, after));
        return touched;
    }

    private static <G extends Comparable<G>, K extends Comparable<K>, T> Runnable moved(
            Index<G, K, T> index, K id, @Nullable Cell<T> before, Cell<T> after) {
        Collection<G> touched = index.moved(
                id, before == null ? List.of() : groups(index, before.stored()), groups(index, after.stored()));
        return () -> index.tell(touched);
    }

    private static <G extends Comparable<G>, K extends Comparable<K>, T> Collection<G> groups(
            Index<G, K, T> index, @Nullable Stored<T> stored) {
        return stored == null ? List.of() : index.groups(stored.value());
    }

    private void changed(K id, List<Runnable> touched) {
        for (TableListener<? super K> listener : listeners) listener.changed(id);
        touched.forEach(Runnable::run);
        waiting.forEach(Signal::raise);
    }

    private @Nullable Stored<T> read(KeyValue entry) {
        try {
            T value = codec.decode(entry.value());
            unreadable.remove(entry.key());
            boolean saysItAll = Arrays.equals(codec.encode(value), entry.value());
            return new Stored<>(value, entry.modRevision(), saysItAll ? null : entry.value());
        } catch (RuntimeException e) {
            cannotRead(entry.key(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Optional<K> idOf(String key) {
        try {
            return Optional.of(id.apply(key.substring(prefix.length())));
        } catch (RuntimeException e) {
            cannotRead(key, "its name is no id: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void cannotRead(String key, String why) {
        if (!why.equals(unreadable.put(key, why))) LOG.warn("{} cannot be read and is left alone: {}", key, why);
    }

    private void nowLoaded() {
        loaded = true;
        waiting.forEach(Signal::raise);
    }

    /// Empty cells that the watch has passed are needed no more.
    private void forgetUpTo(long revision) {
        lock.lock();
        try {
            toldTo = Math.max(toldTo, revision);
            for (K id : tombstones.passed(revision)) {
                Cell<T> cell = cells.get(id);
                if (cell != null && cell.stored() == null && cell.revision() <= revision) cells.remove(id);
            }
        } finally {
            lock.unlock();
        }
    }

    String prefix() {
        return prefix;
    }

    void told(Event event) {
        switch (event) {
            case Event.Put(KeyValue entry) -> absorb(entry.key(), entry, entry.modRevision());
            case Event.Deleted(String key, long revision) -> absorb(key, null, revision);
        }
    }

    /// A listing of this revision found these keys, and no others of this table.
    void listedAll(Set<String> found, long revision) {
        ids().forEachRemaining(id -> {
            if (!found.contains(key(id))) absorb(key(id), null, revision);
        });
        unreadable.keySet().removeIf(key -> !found.contains(key));
    }

    /// Everything up to this revision has been told.
    void toldUpTo(long revision) {
        forgetUpTo(revision);
        if (!loaded) nowLoaded();
    }

    void following(boolean follows) {
        following = follows;
    }
}
