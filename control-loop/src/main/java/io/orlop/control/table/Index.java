package io.orlop.control.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The values of a table by something they say: replicas by their volume, nexuses by their node. Kept with every change
/// of the table, so that a look costs what it finds.
///
/// ```
///   node-1 ──► r1, r4        sorted
///   node-2 ──► r2
/// ```
///
/// A reader takes no lock. What changes while it reads is seen or not, but a value is never given for what it does not
/// say any more.
public final class Index<G extends Comparable<G>, K extends Comparable<K>, T> {
    private final Table<K, T> table;
    private final Function<T, ? extends Collection<G>> groups;
    /// None of them is empty.
    private final Map<G, NavigableSet<K>> members = new ConcurrentHashMap<>();
    private final List<TableListener<? super G>> listeners = new CopyOnWriteArrayList<>();

    Index(Table<K, T> table, Function<T, ? extends Collection<G>> groups) {
        this.table = table;
        this.groups = groups;
    }

    /// The values of a group, sorted by id.
    public List<T> of(G group) {
        var found = new ArrayList<T>();
        for (K id : ids(group)) {
            table.value(id).filter(value -> groups.apply(value).contains(group)).ifPresent(found::add);
        }
        return found;
    }

    /// The values of a group of ids after this one, sorted: a walk and not a copy.
    ///
    /// @param after `null` to begin with the first
    public Stream<T> after(G group, @Nullable K after) {
        NavigableSet<K> ids = members.get(group);
        if (ids == null) return Stream.empty();
        NavigableSet<K> left = after == null ? ids : ids.tailSet(after, false);
        return left.stream().flatMap(id -> table.value(id).stream()).filter(value -> groups.apply(value)
                .contains(group));
    }

    /// The ids of a group, sorted: a copy of what is there now.
    public List<K> ids(G group) {
        NavigableSet<K> ids = members.get(group);
        return ids == null ? List.of() : new ArrayList<>(ids);
    }

    /// How many there are, without a look at them.
    public int count(G group) {
        NavigableSet<K> ids = members.get(group);
        return ids == null ? 0 : ids.size();
    }

    /// The groups that are not empty, in any order: a walk and not a copy.
    public Iterator<G> groups() {
        return members.keySet().iterator();
    }

    /// Told of every group of which a value came, changed, or went: also of what went one hears whose it was. Called
    /// where the change was made or heard; must not block.
    public void listen(TableListener<? super G> listener) {
        listeners.add(listener);
    }

    /// Called with the table's lock held, one change at a time.
    ///
    /// @return the groups that the change touches, to be told of when the lock is free
    Collection<G> moved(K id, Collection<G> before, Collection<G> after) {
        for (G group : before) {
            if (!after.contains(group)) members.computeIfPresent(group, (_, ids) -> without(ids, id));
        }
        for (G group : after)
            members.computeIfAbsent(group, _ -> new ConcurrentSkipListSet<>()).add(id);
        if (listeners.isEmpty()) return List.of();
        var touched = new LinkedHashSet<>(before);
        touched.addAll(after);
        return touched;
    }

    private static <K> @Nullable NavigableSet<K> without(NavigableSet<K> ids, K id) {
        ids.remove(id);
        return ids.isEmpty() ? null : ids;
    }

    void tell(Collection<G> touched) {
        for (G group : touched) listeners.forEach(listener -> listener.changed(group));
    }

    Collection<G> groups(T value) {
        return groups.apply(value);
    }
}
