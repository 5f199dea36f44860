package io.orlop.control.table;

import java.util.Comparator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Values that are looked up by key and walked in the order of the keys. A lookup, which is what nearly everybody
/// wants, costs the same however many there are; only what comes or goes is looked for in the order.
///
/// ```
///   values    by hash    r7 → …   r2 → …   r5 → …
///   order     sorted     r2  r5  r7
/// ```
///
/// Readers take no lock and copy nothing, and see or miss what changes meanwhile. Changes are made one at a time, with
/// a lock held that is the owner's.
public final class Catalogue<K, V> {
    private final Map<K, V> values = new ConcurrentHashMap<>();
    private final NavigableSet<K> order;

    public Catalogue(Comparator<? super K> order) {
        this.order = new ConcurrentSkipListSet<>(order);
    }

    public @Nullable V get(K key) {
        return values.get(key);
    }

    /// @return what was there before
    public @Nullable V put(K key, V value) {
        V before = values.put(key, value);
        if (before == null) order.add(key);
        return before;
    }

    /// @return what was there
    public @Nullable V remove(K key) {
        V before = values.remove(key);
        if (before != null) order.remove(key);
        return before;
    }

    /// All keys, in order.
    public Stream<K> keys() {
        return order.stream();
    }

    /// This key, if it is there, and those that follow it.
    public Stream<K> keysFrom(K first) {
        return order.tailSet(first, true).stream();
    }

    /// The values of these keys, as far as they are still there.
    public Stream<V> values(Stream<K> keys) {
        return keys.<@Nullable V>map(values::get).filter(Objects::nonNull);
    }
}
