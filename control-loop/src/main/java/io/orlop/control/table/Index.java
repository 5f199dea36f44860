package io.orlop.control.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// The values of a table by something they say: replicas by their volume, nexuses by their node. Kept with every change
/// of the table, so that a look costs what it finds.
///
/// ```
///   pairs    (node-1, r1) (node-1, r4) (node-2, r2) …        one sorted set
///   of(node-1)  ───────►  r1, r4                             the stretch that begins with node-1
/// ```
///
/// A reader takes no lock. What changes while it reads is seen or not, but a value is never given for what it does not
/// say any more.
public final class Index<G extends Comparable<G>, K extends Comparable<K>, T> {
    private final Table<K, T> table;
    private final Function<T, ? extends Collection<G>> groups;
    private final NavigableSet<Pair<G, K>> pairs;
    private final Map<G, Integer> sizes = new ConcurrentHashMap<>();
    private final List<TableListener<? super G>> listeners = new CopyOnWriteArrayList<>();

    private record Pair<G, K>(G group, K id) {}

    Index(Table<K, T> table, Function<T, ? extends Collection<G>> groups) {
        this.table = table;
        this.groups = groups;
        this.pairs = new ConcurrentSkipListSet<>(Comparator.<Pair<G, K>, G>comparing(Pair::group)
                .thenComparing(Pair::id, Comparator.nullsFirst(Comparator.naturalOrder())));
    }

    /// The values of a group, sorted by id.
    public List<T> of(G group) {
        var found = new ArrayList<T>();
        for (K id : ids(group)) {
            table.value(id).filter(value -> groups.apply(value).contains(group)).ifPresent(found::add);
        }
        return found;
    }

    /// The ids of a group, sorted: a copy of what is there now.
    @SuppressWarnings("NullAway") // The least pair of a group has no id.
    public List<K> ids(G group) {
        var ids = new ArrayList<K>();
        for (Pair<G, K> pair : pairs.tailSet(new Pair<>(group, null), false)) {
            if (!pair.group().equals(group)) break;
            ids.add(pair.id());
        }
        return ids;
    }

    /// How many there are, without a look at them.
    public int count(G group) {
        return sizes.getOrDefault(group, 0);
    }

    /// The groups that are not empty, in any order: a walk and not a copy.
    public Iterator<G> groups() {
        return sizes.keySet().iterator();
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
            if (!after.contains(group) && pairs.remove(new Pair<>(group, id))) {
                sizes.computeIfPresent(group, (_, size) -> size == 1 ? null : size - 1);
            }
        }
        for (G group : after) {
            if (pairs.add(new Pair<>(group, id))) sizes.merge(group, 1, Integer::sum);
        }
        if (listeners.isEmpty()) return List.of();
        var touched = new LinkedHashSet<>(before);
        touched.addAll(after);
        return touched;
    }

    void tell(Collection<G> touched) {
        for (G group : touched) listeners.forEach(listener -> listener.changed(group));
    }

    Collection<G> groups(T value) {
        return groups.apply(value);
    }
}
